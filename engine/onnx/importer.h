// From a GraphProto to a Graph, node after node. Private to the room.
#ifndef VIGIL_ENGINE_ONNX_IMPORTER_H_
#define VIGIL_ENGINE_ONNX_IMPORTER_H_

#include "engine/onnx/external_data.h"
#include "engine/onnx/onnx.h"
#include "engine/onnx/schema.h"

namespace vigil::onnx {

// REQUIRES: `opset` is the model's version of ONNX's own domain, and has a mapping or a folding for
// every operator. Throws as LoadOnnx, without the file's name.
Graph ImportGraph(const schema::ModelProto& model, std::int64_t opset,
                  const OnnxReadOptions& options, const ExternalData* external);

}  // namespace vigil::onnx

#endif  // VIGIL_ENGINE_ONNX_IMPORTER_H_
