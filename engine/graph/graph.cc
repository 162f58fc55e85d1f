#include "engine/graph/graph.h"

#include <algorithm>

#include "engine/base/text.h"

namespace vigil {
namespace {

// Length of the longest common part at the start of two names: enough to suggest "block_6_expand"
// for "block6".
int Closeness(std::string_view a, std::string_view b) {
  const auto [end, unused] = std::ranges::mismatch(a, b);
  const int prefix = static_cast<int>(end - a.begin());
  return prefix * 2 + (b.find(a) != std::string_view::npos ? 100 : 0);
}

std::string CloseNames(const Graph& graph, std::string_view name) {
  std::vector<std::string_view> names;
  for (const Value& value : graph.values()) {
    if (!value.constant) names.push_back(value.name);
  }
  std::ranges::stable_sort(names, std::greater{},
                           [&](std::string_view n) { return Closeness(name, n); });
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, names.size()); ++i) {
    text += Text(i ? ", '" : "'", names[i], "'");
  }
  return text;
}

}  // namespace

std::optional<ValueId> Graph::Find(std::string_view value_name) const {
  const auto found = std::ranges::find(values_, value_name, &Value::name);
  if (found == values_.end()) return std::nullopt;
  return static_cast<ValueId>(found - values_.begin());
}

std::int64_t Graph::batch() const {
  if (inputs_.empty()) return 1;
  const Shape& shape = value(inputs_.front()).desc.shape;
  return shape.rank() ? shape[0] : 1;
}

std::vector<TensorDesc> Graph::Descs(std::span<const ValueId> ids) const {
  std::vector<TensorDesc> descs;
  descs.reserve(ids.size());
  for (const ValueId id : ids) descs.push_back(value(id).desc);
  return descs;
}

OpCost Graph::Cost() const {
  OpCost sum;
  for (const Node& node : nodes_) {
    const OpCost cost = OpOf(node.attrs).cost(node.attrs, Descs(node.inputs), Descs(node.outputs));
    sum.macs += cost.macs;
    sum.flops += cost.flops;
    sum.bytes += cost.bytes;
  }
  return sum;
}

std::int64_t Graph::Parameters() const {
  std::int64_t count = 0;
  for (const Value& value : values_) {
    // Whole numbers of 64 bits are shapes and indices.
    if (value.constant && value.desc.dtype != DType::kInt64) count += value.desc.shape.elements();
  }
  return count;
}

Graph Graph::WithBatch(std::int64_t batch) const {
  Graph graph = *this;
  if (batch == this->batch()) return graph;  // also where inputs differ in dimension 0
  if (!batch_constant_.empty()) {
    throw Error(Fault::kModel, ErrorCode::kInvalidShape,
                Text("batch ", batch, ": constant '", batch_constant_, "' was computed for batch ",
                     this->batch(), " alone"));
  }
  std::vector<bool> depends(values_.size());  // on an input; what only constants make stays
  for (const ValueId id : inputs_) {
    TensorDesc& desc = graph.values_[static_cast<std::size_t>(id)].desc;
    if (desc.shape.rank() > 0) desc.shape = desc.shape.With(0, batch);
    depends[static_cast<std::size_t>(id)] = true;
  }
  for (const Node& node : nodes_) {
    if (std::ranges::none_of(node.inputs,
                             [&](ValueId id) { return depends[static_cast<std::size_t>(id)]; })) {
      continue;
    }
    for (const ValueId id : node.outputs) depends[static_cast<std::size_t>(id)] = true;
    std::vector<TensorDesc> outputs;
    try {
      outputs = OpOf(node.attrs).infer(node.attrs, graph.Descs(node.inputs));
    } catch (const Error& error) {
      throw Error(error.fault(), error.code(),
                  Text("node '", node.name, "' at batch ", batch, ": ", error.what()));
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      const Value& before = value(node.outputs[i]);
      const Shape& old_shape = before.desc.shape;
      const Shape& new_shape = outputs[i].shape;
      // Dimension 0 of every value on the path is a multiple of the batch; anything else has it
      // baked in.
      const bool scales = old_shape.rank() == new_shape.rank() &&
                          old_shape.elements() * batch == new_shape.elements() * this->batch();
      if (!scales) {
        throw Error(
            Fault::kModel, ErrorCode::kInvalidShape,
            Text("node '", node.name, "' at batch ", batch, ": output '", before.name,
                 "' would be ", new_shape, " where batch ", this->batch(), " gives ", old_shape));
      }
      graph.values_[static_cast<std::size_t>(node.outputs[i])].desc = outputs[i];
    }
  }
  return graph;
}

Graph Graph::WithTaps(std::span<const std::string> tap_names) const {
  Graph graph = *this;
  graph.taps_.clear();
  for (const std::string& name : tap_names) {
    const std::optional<ValueId> id = Find(name);
    if (!id || value(*id).constant) {
      throw Error(Fault::kApi, ErrorCode::kNotFound,
                  Text("tap '", name,
                       "' is no value of the model; close names: ", CloseNames(*this, name)));
    }
    if (std::ranges::count(graph.taps_, *id)) {
      throw Error(Fault::kApi, ErrorCode::kMisuse, Text("tap '", name, "' is named twice"));
    }
    graph.taps_.push_back(*id);
  }
  return graph;
}

Graph Graph::WithOutputs(std::span<const std::string> output_names) const {
  const std::vector<ValueId> chosen = WithTaps(output_names).taps_;
  Graph graph = *this;
  graph.outputs_ = chosen;
  return graph;
}

Graph Graph::WithMetadata(std::map<std::string, std::string> metadata) const {
  Graph graph = *this;
  graph.metadata_ = std::move(metadata);
  return graph;
}

Graph Graph::WithConstants(
    const std::map<ValueId, std::shared_ptr<const Tensor>>& constants) const {
  Graph graph = *this;
  for (const auto& [id, tensor] : constants) {
    Value& value = graph.values_[static_cast<std::size_t>(id)];
    VIGIL_CHECK(value.constant);
    if (!(tensor->desc() == value.desc)) {
      throw Error(Fault::kModel, ErrorCode::kInvalidShape,
                  Text("constant '", value.name, "' would become ", tensor->shape(), ": expected ",
                       value.desc.shape));
    }
    value.constant = tensor;
  }
  return graph;
}

}  // namespace vigil
