#include "engine/onnx/import_node.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/ops/evaluate.h"

namespace vigil::onnx {
namespace {

std::optional<std::vector<std::int64_t>> IntsOf(const Tensor& tensor) {
  const auto copy = [](auto values) {
    return std::vector<std::int64_t>(values.begin(), values.end());
  };
  if (tensor.desc().dtype == DType::kInt64) return copy(tensor.as<std::int64_t>());
  if (tensor.desc().dtype == DType::kInt32) return copy(tensor.as<std::int32_t>());
  return std::nullopt;
}

}  // namespace

void ThrowUnsupported(const std::string& message) {
  throw Error(Fault::kModel, ErrorCode::kUnsupported, message);
}

void RequireModest(std::int64_t elements, std::string_view role) {
  constexpr std::int64_t kMost = std::int64_t{1} << 24;
  if (elements <= kMost) return;
  ThrowUnsupported(Text(role, " takes ", elements, " elements: expected at most ", kMost));
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

std::vector<std::int64_t> ResolveAxes(std::vector<std::int64_t> axes, int rank) {
  for (std::int64_t& axis : axes) axis = ResolveAxis(axis, rank);
  return axes;
}

std::vector<std::int64_t> DistinctAxes(std::vector<std::int64_t> axes, int rank) {
  axes = ResolveAxes(std::move(axes), rank);
  std::ranges::sort(axes);
  if (const auto twice = std::ranges::adjacent_find(axes); twice != axes.end()) {
    ThrowMalformed(Text("axis ", *twice, " is named twice"));
  }
  return axes;
}

void ValueTable::DefineValue(const std::string& name, ValueId id, const ProbedShape& probed) {
  entries_[name] = {id, nullptr, "", nullptr};
  probed_shapes_[id] = probed;
}

void ValueTable::DefineConstant(const std::string& name, ConstantTensor tensor,
                                ConstantTensor probed) {
  entries_[name] = {std::nullopt, std::move(tensor), name, std::move(probed)};
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

const TensorDesc& ValueTable::DescOf(const std::string& name) const {
  const Entry& entry = Find(name);
  return entry.id ? builder_.desc(*entry.id) : entry.constant->desc();
}

ProbedShape ValueTable::ProbedShapeOf(const std::string& name) const {
  const Entry& entry = Find(name);
  if (entry.id) return ProbedShapeOf(*entry.id);
  return (entry.probed ? entry.probed : entry.constant)->shape();
}

ProbedShape ValueTable::ProbedShapeOf(ValueId id) const {
  const auto found = probed_shapes_.find(id);
  return found == probed_shapes_.end() ? builder_.desc(id).shape : found->second;
}

std::vector<TensorDesc> ValueTable::DescsOf(std::span<const ValueId> ids) const {
  std::vector<TensorDesc> descs;
  for (const ValueId id : ids) descs.push_back(builder_.desc(id));
  return descs;
}

std::vector<ProbedShape> ValueTable::Probe(const OpAttrs& attrs,
                                           std::span<const ValueId> inputs) const {
  std::vector<TensorDesc> descs = DescsOf(inputs);
  const std::size_t outputs = OpOf(attrs).infer(attrs, descs).size();
  std::vector<ProbedShape> probed(outputs);
  for (std::size_t i = 0; i < descs.size(); ++i) {
    const ProbedShape shape = ProbedShapeOf(inputs[i]);
    if (!shape) return probed;
    descs[i].shape = *shape;
  }
  try {
    const std::vector<TensorDesc> results = OpOf(attrs).infer(attrs, descs);
    for (std::size_t i = 0; i < outputs; ++i) probed[i] = results[i].shape;
  } catch (const Error&) {
  }
  return probed;
}

ValueId ValueTable::AddNode(const std::string& name, OpAttrs attrs, std::vector<ValueId> inputs) {
  const ProbedShape probed = Probe(attrs, inputs).front();
  const ValueId id = builder_.Add(name, std::move(attrs), std::move(inputs));
  probed_shapes_[id] = probed;
  return id;
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

ValueId ImportNode::InputWithOnesBehind(int i, std::int64_t ones) {
  if (ones == 0) return Input(i);
  const auto constant = Constant(i);
  if (!constant) {
    std::vector<std::int64_t> dims(static_cast<std::size_t>(InputRank(i)), 0);  // copied
    dims.insert(dims.end(), static_cast<std::size_t>(ones), 1);
    return AddNode(ReshapeAttrs{std::move(dims)}, {Input(i)});
  }
  std::vector<std::int64_t> dims(constant->shape().dims().begin(), constant->shape().dims().end());
  dims.insert(dims.end(), static_cast<std::size_t>(ones), 1);
  Tensor aligned({constant->desc().dtype, Shape(std::span<const std::int64_t>(dims))});
  std::ranges::copy(constant->bytes(), aligned.bytes().begin());
  return AddConstant(InputName(i) + ".aligned", std::move(aligned));
}

ValueId ImportNode::AddNode(OpAttrs attrs, std::vector<ValueId> inputs) {
  return values_.AddNode(values_.UniqueName(proto_.output(0) + ".part"), std::move(attrs),
                         std::move(inputs));
}

void ImportNode::AddOutput(int i, OpAttrs attrs, std::vector<ValueId> inputs) {
  if (i >= proto_.output_size() || proto_.output(i).empty()) return;
  const std::string& name = proto_.output(i);
  const ProbedShape probed = values_.Probe(attrs, inputs).front();
  values_.DefineValue(name, values_.AddNode(name, std::move(attrs), std::move(inputs)), probed);
}

const Tensor& ImportNode::RequireConstant(int i, std::string_view role) const {
  const auto constant = Constant(i);
  if (!constant) {
    ThrowUnsupported(
        Text(role, " ('", InputName(i), "') is known only at run time: expected a constant"));
  }
  return *constant;  // the table owns it
}

std::vector<std::int64_t> ImportNode::ConstantInts(int i, std::string_view role) const {
  const Tensor& constant = RequireConstant(i, role);
  if (const auto ints = IntsOf(constant)) return *ints;
  throw Error(Fault::kModel, ErrorCode::kInvalidType,
              Text(role, " ('", InputName(i), "') holds ", DTypeName(constant.desc().dtype),
                   ": expected int64"));
}

std::optional<std::vector<std::int64_t>> ImportNode::ProbedInts(int i) const {
  const ConstantTensor probed = values_.ProbedConstantOf(proto_.input(i));
  return probed ? IntsOf(*probed) : std::nullopt;
}

std::optional<std::vector<std::int64_t>> ImportNode::IntsOfEither(std::string_view name, int i,
                                                                  std::int64_t since) const {
  if (opset_ < since) return attributes().Ints(name);
  if (!HasInput(i)) return std::nullopt;
  return ConstantInts(i, name);
}

std::vector<float> ImportNode::ConstantFloats(int i, std::string_view role) const {
  const Tensor& constant = RequireConstant(i, role);
  if (constant.desc().dtype != DType::kFloat32) {
    throw Error(Fault::kModel, ErrorCode::kInvalidType,
                Text(role, " ('", InputName(i), "') holds ", DTypeName(constant.desc().dtype),
                     ": expected float"));
  }
  const auto values = constant.as<float>();
  return {values.begin(), values.end()};
}

float ImportNode::ConstantNumber(int i, std::string_view role) const {
  const Tensor& constant = RequireConstant(i, role);
  if (constant.shape().elements() != 1) {
    throw Error(
        Fault::kModel, ErrorCode::kInvalidShape,
        Text(role, " ('", InputName(i), "') is ", constant.shape(), ": expected one number"));
  }
  const ConstTensorView view = constant.view();
  return EvaluateOp(CastAttrs{DType::kFloat32}, std::span(&view, 1)).front().as<float>()[0];
}

float ImportNode::ConstantScalar(int i, std::string_view role) const {
  const Tensor& constant = RequireConstant(i, role);
  if (constant.desc().dtype != DType::kFloat32 || constant.shape().elements() != 1) {
    throw Error(Fault::kModel, ErrorCode::kInvalidShape,
                Text(role, " ('", InputName(i), "') is ", constant.shape(), " of ",
                     DTypeName(constant.desc().dtype), ": expected one float"));
  }
  return constant.as<float>()[0];
}

}  // namespace vigil::onnx
