#include "engine/onnx/attributes.h"

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil::onnx {

const schema::AttributeProto* Attributes::Find(std::string_view name) const {
  for (const auto& attribute : node_->attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  return nullptr;
}

const schema::AttributeProto* Attributes::Find(std::string_view name, AttributeType type,
                                               std::string_view type_name) const {
  const schema::AttributeProto* attribute = Find(name);
  // The oldest files leave the type out.
  if (attribute && attribute->type() != 0 && attribute->type() != type) {
    throw Error(Fault::kModel, ErrorCode::kMalformed,
                Text("attribute '", name, "' has type ", attribute->type(), ": expected ",
                     static_cast<int>(type), " (", type_name, ")"));
  }
  return attribute;
}

std::int64_t Attributes::Int(std::string_view name, std::int64_t otherwise) const {
  const auto* attribute = Find(name, kAttributeInt, "integer");
  return attribute ? attribute->i() : otherwise;
}

float Attributes::Float(std::string_view name, float otherwise) const {
  const auto* attribute = Find(name, kAttributeFloat, "float");
  return attribute ? attribute->f() : otherwise;
}

std::string Attributes::String(std::string_view name, std::string_view otherwise) const {
  const auto* attribute = Find(name, kAttributeString, "string");
  return attribute ? attribute->s() : std::string(otherwise);
}

std::optional<std::vector<std::int64_t>> Attributes::Ints(std::string_view name) const {
  const auto* attribute = Find(name, kAttributeInts, "integers");
  if (!attribute) return std::nullopt;
  return std::vector<std::int64_t>(attribute->ints().begin(), attribute->ints().end());
}

std::optional<std::vector<float>> Attributes::Floats(std::string_view name) const {
  const auto* attribute = Find(name, kAttributeFloats, "floats");
  if (!attribute) return std::nullopt;
  return std::vector<float>(attribute->floats().begin(), attribute->floats().end());
}

const schema::TensorProto* Attributes::Tensor(std::string_view name) const {
  const auto* attribute = Find(name, kAttributeTensor, "tensor");
  return attribute ? &attribute->t() : nullptr;
}

}  // namespace vigil::onnx
