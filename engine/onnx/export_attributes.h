// Writes attributes of a NodeProto. Private to the room.
#ifndef VIGIL_ENGINE_ONNX_EXPORT_ATTRIBUTES_H_
#define VIGIL_ENGINE_ONNX_EXPORT_ATTRIBUTES_H_

#include <span>
#include <string_view>

#include "engine/onnx/schema.h"
#include "engine/ops/resize.h"

namespace vigil::onnx {

void SetInt(schema::NodeProto& node, const char* name, std::int64_t value);
void SetFloat(schema::NodeProto& node, const char* name, float value);
void SetString(schema::NodeProto& node, const char* name, std::string_view value);
void SetInts(schema::NodeProto& node, const char* name, std::span<const std::int64_t> values);

// All of Resize 13. Throws Error (Model, kUnsupported) that names the node for modes that stand in
// other versions alone.
void SetResizeAttributes(schema::NodeProto& node, const ResizeAttrs& attrs);

}  // namespace vigil::onnx

#endif  // VIGIL_ENGINE_ONNX_EXPORT_ATTRIBUTES_H_
