// Typed look-up of a node's attributes. Private to the room.
#ifndef VIGIL_ENGINE_ONNX_ATTRIBUTES_H_
#define VIGIL_ENGINE_ONNX_ATTRIBUTES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/onnx/schema.h"

namespace vigil::onnx {

// Borrows the node. Every method throws Error (Model, kMalformed) where the attribute is of another
// type than asked for; a missing one gives what the caller says.
class Attributes {
 public:
  explicit Attributes(const schema::NodeProto& node) : node_(&node) {}

  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  std::int64_t Int(std::string_view name, std::int64_t otherwise) const;
  float Float(std::string_view name, float otherwise) const;
  std::string String(std::string_view name, std::string_view otherwise) const;
  std::optional<std::vector<std::int64_t>> Ints(std::string_view name) const;
  std::optional<std::vector<float>> Floats(std::string_view name) const;
  const schema::TensorProto* Tensor(std::string_view name) const;  // null where missing

 private:
  const schema::AttributeProto* Find(std::string_view name) const;
  // Also checks the type; null where missing.
  const schema::AttributeProto* Find(std::string_view name, AttributeType type,
                                     std::string_view type_name) const;

  const schema::NodeProto* node_;
};

}  // namespace vigil::onnx

#endif  // VIGIL_ENGINE_ONNX_ATTRIBUTES_H_
