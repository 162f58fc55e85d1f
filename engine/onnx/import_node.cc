#include "engine/onnx/import_node.h"

#include "engine/base/text.h"

namespace vigil::onnx {

void ThrowUnsupported(const std::string& message) {
  throw Error(Fault::kModel, ErrorCode::kUnsupported, message);
}

void ThrowMalformed(const std::string& message) {
  throw Error(Fault::kModel, ErrorCode::kMalformed, message);
}

std::int64_t ResolveAxis(std::int64_t axis, int rank, bool end_allowed) {
  const std::int64_t resolved = axis < 0 ? axis + rank : axis;
  if (resolved < 0 || resolved >= rank + end_allowed) {
    throw Error(Fault::kModel, ErrorCode::kInvalidValue,
                Text("axis is ", axis, ": expected ", -rank, " to ", rank - 1 + end_allowed));
  }
  return resolved;
}

void ValueTable::DefineValue(const std::string& name, ValueId id) {
  entries_[name] = {id, nullptr, ""};
}

void ValueTable::DefineConstant(const std::string& name, std::shared_ptr<const Tensor> tensor) {
  entries_[name] = {std::nullopt, std::move(tensor), name};
}

void ValueTable::DefineAlias(const std::string& name, const std::string& other) {
  Entry entry = Find(other);
  entries_[name] = std::move(entry);
}

const ValueTable::Entry& ValueTable::Find(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    ThrowUnsupported(
        Text("input '", name, "' is a second output of a node, which is not computed here"));
  }
  return found->second;
}

ValueId ValueTable::IdOf(const std::string& name) {
  const Entry& entry = Find(name);
  if (entry.id) return *entry.id;
  const auto [place, is_new] = constant_ids_.try_emplace(entry.constant_name, 0);
  if (is_new) place->second = builder_.Constant(entry.constant_name, entry.constant);
  return place->second;
}

const Shape& ValueTable::ShapeOf(const std::string& name) const {
  const Entry& entry = Find(name);
  return entry.id ? builder_.desc(*entry.id).shape : entry.constant->shape();
}

std::shared_ptr<const Tensor> ValueTable::ConstantOf(const std::string& name) const {
  return Find(name).constant;
}

std::string ValueTable::UniqueName(const std::string& base) {
  std::string name = base;
  for (int i = 2; !names_.insert(name).second; ++i) name = Text(base, "_", i);
  return name;
}

ValueId ValueTable::AddConstant(const std::string& base, Tensor tensor) {
  return builder_.Constant(UniqueName(base), std::move(tensor));
}

void ImportNode::RequireInputs(int low, int high) const {
  bool complete = proto_.input_size() >= low && proto_.input_size() <= high;
  for (int i = 0; complete && i < low; ++i) complete = HasInput(i);
  if (!complete) {
    ThrowMalformed(Text(proto_.input_size(), " inputs, some perhaps left out: expected ", low,
                        low == high ? "" : Text(" to ", high)));
  }
}

std::vector<ValueId> ImportNode::Inputs() {
  std::vector<ValueId> ids;
  for (int i = 0; i < input_count(); ++i) ids.push_back(Input(i));
  return ids;
}

ValueId ImportNode::AddNode(OpAttrs attrs, std::vector<ValueId> inputs) {
  return values_.builder().Add(values_.UniqueName(proto_.output(0) + ".part"), std::move(attrs),
                               std::move(inputs));
}

std::vector<std::int64_t> ImportNode::ConstantInts(int i, std::string_view role) const {
  const auto constant = Constant(i);
  if (!constant) {
    ThrowUnsupported(
        Text(role, " ('", InputName(i), "') is known only at run time: expected a constant"));
  }
  const auto copy = [](auto values) {
    return std::vector<std::int64_t>(values.begin(), values.end());
  };
  if (constant->desc().dtype == DType::kInt64) return copy(constant->as<std::int64_t>());
  if (constant->desc().dtype == DType::kInt32) return copy(constant->as<std::int32_t>());
  throw Error(Fault::kModel, ErrorCode::kInvalidType,
              Text(role, " ('", InputName(i), "') holds ", DTypeName(constant->desc().dtype),
                   ": expected int64"));
}

float ImportNode::ConstantScalar(int i, std::string_view role) const {
  const auto constant = Constant(i);
  if (!constant) {
    ThrowUnsupported(
        Text(role, " ('", InputName(i), "') is known only at run time: expected a constant"));
  }
  if (constant->desc().dtype != DType::kFloat32 || constant->shape().elements() != 1) {
    throw Error(Fault::kModel, ErrorCode::kInvalidShape,
                Text(role, " ('", InputName(i), "') is ", constant->shape(), " of ",
                     DTypeName(constant->desc().dtype), ": expected one float"));
  }
  return constant->as<float>()[0];
}

}  // namespace vigil::onnx
