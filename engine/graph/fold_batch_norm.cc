#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/graph/draft.h"
#include "engine/graph/passes.h"

namespace vigil {
namespace {

// y = x * scale + shift, a channel; in double so that folding costs one rounding, not several.
struct Affine {
  std::vector<double> scale, shift;
};

Affine AffineOf(const Draft& draft, const Node& batch_norm) {
  const auto read = [&](std::size_t input) {
    return draft.value(batch_norm.inputs[input]).constant->as<float>();
  };
  const auto gamma = read(1), beta = read(2), mean = read(3), variance = read(4);
  const double epsilon = std::get<BatchNormAttrs>(batch_norm.attrs).epsilon;
  Affine affine;
  for (std::size_t c = 0; c < gamma.size(); ++c) {
    const double scale = gamma[c] / std::sqrt(variance[c] + epsilon);
    affine.scale.push_back(scale);
    affine.shift.push_back(beta[c] - mean[c] * scale);
  }
  return affine;
}

// The bias of `channels` channels after the affine map, where the old one was multiplied by
// `factor`. Null bias: none.
Tensor FoldedBias(const Affine& affine, const Tensor* bias, double factor) {
  const std::size_t channels = affine.scale.size();
  Tensor folded({DType::kFloat32, Shape({static_cast<std::int64_t>(channels)})});
  const auto out = folded.as<float>();
  for (std::size_t c = 0; c < channels; ++c) {
    double old = 0.0;
    if (bias) old = factor * bias->as<float>()[bias->shape().elements() == 1 ? 0 : c];
    out[c] = static_cast<float>(old * affine.scale[c] + affine.shift[c]);
  }
  return folded;
}

// `weights` with every element multiplied by the scale of its channel: (i / inner) % channels.
Tensor ScaledWeights(const Tensor& weights, const Affine& affine, std::size_t inner) {
  Tensor folded = weights.Clone();
  const auto data = folded.as<float>();
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i] = static_cast<float>(data[i] * affine.scale[(i / inner) % affine.scale.size()]);
  }
  return folded;
}

bool AllConstant(const Draft& draft, const Node& node, std::size_t first_input) {
  return std::all_of(node.inputs.begin() + static_cast<std::ptrdiff_t>(first_input),
                     node.inputs.end(), [&](ValueId id) { return draft.is_constant(id); });
}

// A bias of Gemm that differs from row to row is no bias a channel.
bool IsRowBias(const Shape& shape, std::int64_t channels) {
  return shape.elements() == 1 ||
         (shape.elements() == channels && shape[shape.rank() - 1] == channels);
}

bool CanTakeBatchNorm(const Draft& draft, const Node& node, std::int64_t channels) {
  if (const auto* conv = std::get_if<ConvAttrs>(&node.attrs)) {
    return conv->epilogue == Epilogue{} && AllConstant(draft, node, 1);
  }
  if (const auto* conv = std::get_if<ConvTransposeAttrs>(&node.attrs)) {
    return conv->epilogue == Epilogue{} && conv->groups == 1 && AllConstant(draft, node, 1);
  }
  if (const auto* gemm = std::get_if<GemmAttrs>(&node.attrs)) {
    return gemm->epilogue == Epilogue{} && AllConstant(draft, node, 1) &&
           (!gemm->has_bias || IsRowBias(draft.value(node.inputs[2]).desc.shape, channels));
  }
  return false;
}

// `node` (Conv, ConvTranspose or Gemm) with the affine map in its weights and bias.
Node WithAffine(Draft& draft, const Node& node, const Affine& affine) {
  Node folded = node;
  const Value weights = draft.value(node.inputs[1]);
  double factor = 1.0;
  std::size_t inner = 1;
  bool has_bias = false;
  if (auto* conv = std::get_if<ConvAttrs>(&folded.attrs)) {
    inner = static_cast<std::size_t>(weights.desc.shape.ElementsFrom(1));
    has_bias = std::exchange(conv->has_bias, true);
  } else if (auto* transposed = std::get_if<ConvTransposeAttrs>(&folded.attrs)) {
    inner = static_cast<std::size_t>(weights.desc.shape.ElementsFrom(2));
    has_bias = std::exchange(transposed->has_bias, true);
  } else {
    auto& gemm = std::get<GemmAttrs>(folded.attrs);
    if (gemm.trans_b) inner = static_cast<std::size_t>(weights.desc.shape[1]);
    factor = std::exchange(gemm.beta, 1.0f);
    has_bias = std::exchange(gemm.has_bias, true);
  }
  const auto bias = has_bias ? draft.value(node.inputs[2]).constant : nullptr;
  const ValueId new_weights =
      draft.NewConstant(weights.name + ".folded", ScaledWeights(*weights.constant, affine, inner));
  const ValueId new_bias =
      draft.NewConstant(node.name + ".bias.folded", FoldedBias(affine, bias.get(), factor));
  folded.inputs = {node.inputs[0], new_weights, new_bias};
  return folded;
}

}  // namespace

Graph FoldBatchNorm(const Graph& graph) {
  Draft draft(graph);
  const PathView path(draft);
  for (std::size_t i = 0; i < draft.nodes.size(); ++i) {
    Node& batch_norm = draft.nodes[i];
    if (!path.node_on_path[i] || !std::holds_alternative<BatchNormAttrs>(batch_norm.attrs)) {
      continue;
    }
    const ValueId between = batch_norm.inputs[0];
    const int producer = path.Producer(between);
    if (producer == Draft::kNoNode || !path.Swallowable(between)) continue;
    Node& linear = draft.nodes[static_cast<std::size_t>(producer)];
    const std::int64_t channels = draft.value(batch_norm.inputs[1]).desc.shape.elements();
    if (!CanTakeBatchNorm(draft, linear, channels) || !AllConstant(draft, batch_norm, 1)) continue;

    Node folded = WithAffine(draft, linear, AffineOf(draft, batch_norm));
    folded.outputs = batch_norm.outputs;
    if (path.WantedOffPath(between)) {
      linear.name += ".unfolded";  // an extra node, for the tap alone
    } else {
      linear.outputs.clear();
    }
    batch_norm = std::move(folded);
  }
  return draft.Build();
}

}  // namespace vigil
