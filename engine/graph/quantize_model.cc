#include "engine/graph/quantize_model.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/graph/draft.h"
#include "engine/graph/passes.h"
#include "engine/ops/quantize_rule.h"

namespace vigil {
namespace {

std::size_t Index(ValueId id) { return static_cast<std::size_t>(id); }

constexpr float kWeightSteps = 127.0f;  // symmetric: -128 is left out
constexpr float kActivationSteps = 255.0f;

// The dimension of the weights along which output channels run, where the node can be quantised.
std::optional<int> ChannelAxis(const Draft& draft, const Node& node) {
  bool has_bias = false;
  int axis = 0;
  if (const auto* conv = std::get_if<ConvAttrs>(&node.attrs)) {
    has_bias = conv->has_bias;
  } else if (const auto* gemm = std::get_if<GemmAttrs>(&node.attrs)) {
    if (gemm->trans_a || gemm->alpha != 1.0f || (gemm->has_bias && gemm->beta != 1.0f)) {
      return std::nullopt;
    }
    has_bias = gemm->has_bias;
    axis = gemm->trans_b ? 0 : 1;
  } else {
    return std::nullopt;
  }
  if (draft.is_constant(node.inputs[0]) || !draft.is_constant(node.inputs[1])) return std::nullopt;
  if (!has_bias) return axis;
  const Shape& bias = draft.value(node.inputs[2]).desc.shape;
  const std::int64_t channels = draft.value(node.inputs[1]).desc.shape[axis];
  const bool row = draft.is_constant(node.inputs[2]) && bias.elements() == channels &&
                   bias[bias.rank() - 1] == channels;
  return row ? std::optional(axis) : std::nullopt;
}

// uint8 such that a real zero is a step: padding and Relu are exact.
QuantizeScale ActivationScale(const ValueRange& range) {
  const float low = std::min(range.low, 0.0f), high = std::max(range.high, 0.0f);
  float step = (high - low) / kActivationSteps;
  if (!(step > 0.0f)) step = 1.0f;
  const auto zero = static_cast<std::int32_t>(std::nearbyint(-low / step));
  return {0, {step}, {std::clamp(zero, 0, 255)}};
}

struct Pair {
  ValueId dequantized = -1;
  float step = 1.0f;
};

class ModelQuantizer {
 public:
  ModelQuantizer(const Graph& graph, const std::map<std::string, ValueRange>& ranges)
      : draft_(graph), ranges_(ranges) {}

  Graph Run() {
    FindReaders();
    const std::size_t count = draft_.nodes.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (axes_[i]) QuantizeNode(i, *axes_[i]);
    }
    return draft_.Build();
  }

 private:
  void FindReaders() {
    read_in_float_.assign(draft_.values.size(), false);
    axes_.assign(draft_.nodes.size(), std::nullopt);
    for (const auto& ids : {draft_.inputs, draft_.outputs}) {
      for (const ValueId id : ids) read_in_float_[Index(id)] = true;  // they keep their meaning
    }
    for (std::size_t i = 0; i < draft_.nodes.size(); ++i) {
      const Node& node = draft_.nodes[i];
      axes_[i] = ChannelAxis(draft_, node);
      if (axes_[i] && !ranges_.contains(draft_.value(node.inputs[0]).name)) axes_[i].reset();
      for (std::size_t k = 0; k < node.inputs.size(); ++k) {
        if (!axes_[i] || k > 0) read_in_float_[Index(node.inputs[k])] = true;
      }
    }
  }

  void QuantizeNode(std::size_t index, int axis) {
    const Pair x = ActivationPair(draft_.nodes[index].inputs[0]);
    const Tensor& weights = *draft_.value(draft_.nodes[index].inputs[1]).constant;
    const std::vector<float> steps = WeightSteps(weights, axis);
    const ValueId new_weights = WeightPair(draft_.nodes[index].inputs[1], axis, steps);
    draft_.nodes[index].inputs[0] = x.dequantized;
    draft_.nodes[index].inputs[1] = new_weights;
    if (draft_.nodes[index].inputs.size() > 2) {
      const ValueId bias = BiasPair(draft_.nodes[index].inputs[2], steps, x.step);
      draft_.nodes[index].inputs[2] = bias;
    }
  }

  // One a value, whoever reads it.
  Pair ActivationPair(ValueId id) {
    if (const auto found = pairs_.find(id); found != pairs_.end()) return found->second;
    const std::string name = draft_.value(id).name;
    const Shape shape = draft_.value(id).desc.shape;
    const QuantizeScale scale = ActivationScale(ranges_.at(name));
    ValueId raw = id, dequantized = id;
    if (read_in_float_[Index(id)]) {
      dequantized = draft_.NewValue(name + ".dequantized", {DType::kFloat32, shape});
    } else {
      raw = draft_.NewValue(name + ".raw", {DType::kFloat32, shape});
      for (Node& node : draft_.nodes) std::ranges::replace(node.outputs, id, raw);
    }
    const ValueId quantized = draft_.NewValue(name + ".quantized", {DType::kUInt8, shape});
    draft_.nodes.push_back(
        {name + ".quantize", QuantizeAttrs{scale, DType::kUInt8}, {raw}, {quantized}});
    draft_.nodes.push_back(
        {name + ".dequantize", DequantizeAttrs{scale}, {quantized}, {dequantized}});
    return pairs_[id] = {dequantized, scale.scales[0]};
  }

  static std::size_t Inner(const Shape& shape, int axis) {
    return static_cast<std::size_t>(shape.ElementsFrom(axis + 1));
  }

  static std::vector<float> WeightSteps(const Tensor& weights, int axis) {
    std::vector<float> steps(static_cast<std::size_t>(weights.shape()[axis]), 0.0f);
    const std::size_t inner = Inner(weights.shape(), axis);
    const auto values = weights.as<float>();
    for (std::size_t i = 0; i < values.size(); ++i) {
      float& step = steps[i / inner % steps.size()];
      step = std::max(step, std::abs(values[i]) / kWeightSteps);
    }
    for (float& step : steps) step = step > 0.0f ? step : 1.0f;  // a channel of zeros
    return steps;
  }

  ValueId WeightPair(ValueId id, int axis, const std::vector<float>& steps) {
    const std::string name = draft_.value(id).name;
    const Tensor& weights = *draft_.value(id).constant;
    const std::size_t inner = Inner(weights.shape(), axis);
    Tensor quantized({DType::kInt8, weights.shape()});
    const auto values = weights.as<float>();
    const auto out = quantized.as<std::int8_t>();
    for (std::size_t i = 0; i < values.size(); ++i) {
      out[i] = static_cast<std::int8_t>(
          QuantizedValue(values[i], steps[i / inner % steps.size()], 0, {-127, 127}));
    }
    return Dequantized(name, std::move(quantized), {axis, steps, Zeros(steps.size())});
  }

  ValueId BiasPair(ValueId id, const std::vector<float>& steps, float x_step) {
    const std::string name = draft_.value(id).name;
    const auto values = draft_.value(id).constant->as<float>();
    Tensor quantized({DType::kInt32, Shape{static_cast<std::int64_t>(values.size())}});
    std::vector<float> bias_steps;
    for (std::size_t i = 0; i < values.size(); ++i) {
      bias_steps.push_back(steps[i] * x_step);
      const double count = std::nearbyint(double{values[i]} / bias_steps[i]);
      quantized.as<std::int32_t>()[i] = static_cast<std::int32_t>(std::clamp(count, -1e9, 1e9));
    }
    return Dequantized(name, std::move(quantized), {0, bias_steps, Zeros(bias_steps.size())});
  }

  ValueId Dequantized(const std::string& name, Tensor quantized, const QuantizeScale& scale) {
    const TensorDesc desc{DType::kFloat32, quantized.shape()};
    const ValueId constant = draft_.NewConstant(name + ".quantized", std::move(quantized));
    const ValueId output = draft_.NewValue(name + ".dequantized", desc);
    draft_.nodes.push_back(
        {draft_.value(output).name, DequantizeAttrs{scale}, {constant}, {output}});
    return output;
  }

  static std::vector<std::int32_t> Zeros(std::size_t count) {
    return std::vector<std::int32_t>(count, 0);
  }

  Draft draft_;
  const std::map<std::string, ValueRange>& ranges_;
  std::vector<bool> read_in_float_;       // by value
  std::vector<std::optional<int>> axes_;  // by node: of its weights, where it is quantised
  std::map<ValueId, Pair> pairs_;
};

}  // namespace

Graph PrepareToQuantize(const Graph& graph) {
  Graph result = RemoveDead(RemoveIdentities(graph));
  return RemoveDead(FoldBatchNorm(FoldConstants(result)));
}

std::vector<std::string> ValuesToQuantize(const Graph& graph) {
  const Draft draft(graph);
  std::vector<std::string> names;
  for (const Node& node : draft.nodes) {
    if (!ChannelAxis(draft, node)) continue;
    const std::string& name = draft.value(node.inputs[0]).name;
    if (!std::ranges::count(names, name)) names.push_back(name);
  }
  return names;
}

Graph QuantizeModel(const Graph& graph, const std::map<std::string, ValueRange>& ranges) {
  return RemoveDead(ModelQuantizer(graph, ranges).Run());
}

}  // namespace vigil
