// Reductions, and what normalises by them.
#include <numeric>

#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"

namespace vigil::onnx {
std::optional<MappedNode> MapReduceTo(ImportNode& node, ReduceKind kind) {
  // ReduceSum led the way.
  const bool axes_are_input = node.opset() >= (kind == ReduceKind::kSum ? 13 : 18);
  node.RequireInputs(1, axes_are_input ? 2 : 1);
  const Attributes attributes = node.attributes();
  const int rank = node.InputRank(0);
  std::vector<std::int64_t> axes;
  if (!axes_are_input) {
    axes = attributes.Ints("axes").value_or(axes);
  } else if (node.HasInput(1)) {
    axes = node.ConstantInts(1, "axes");
  }
  if (axes.empty()) {
    if (axes_are_input && attributes.Int("noop_with_empty_axes", 0) != 0) {
      return MappedNode{UnaryAttrs{UnaryKind::kIdentity}, {node.Input(0)}};
    }
    axes.resize(static_cast<std::size_t>(rank));
    std::iota(axes.begin(), axes.end(), 0);
  }
  if (rank == 0) ThrowUnsupported("the input is a scalar: expected dimensions to reduce");
  ReduceAttrs attrs;
  attrs.kind = kind;
  attrs.axes = DistinctAxes(std::move(axes), rank);
  attrs.keep_dims = attributes.Int("keepdims", 1) != 0;
  return MappedNode{std::move(attrs), {node.Input(0)}};
}

namespace {

std::optional<MappedNode> MapArgTo(ImportNode& node, bool minimum) {
  node.RequireInputs(1, 1);
  const Attributes attributes = node.attributes();
  return MappedNode{
      ArgMaxAttrs{.axis = ResolveAxis(attributes.Int("axis", 0), node.InputRank(0)),
                  .keep_dims = attributes.Int("keepdims", 1) != 0,
                  .select_last = node.opset() >= 12 && attributes.Int("select_last_index", 0) != 0,
                  .minimum = minimum},
      {node.Input(0)}};
}

}  // namespace

std::optional<MappedNode> MapArgMax(ImportNode& node) { return MapArgTo(node, false); }
std::optional<MappedNode> MapArgMin(ImportNode& node) { return MapArgTo(node, true); }

std::optional<MappedNode> MapInstanceNormalization(ImportNode& node) {
  node.RequireInputs(3, 3);
  return MappedNode{InstanceNormAttrs{.epsilon = node.attributes().Float("epsilon", 1e-5f)},
                    node.Inputs()};
}

std::optional<MappedNode> MapLrn(ImportNode& node) {
  node.RequireInputs(1, 1);
  const Attributes attributes = node.attributes();
  if (!attributes.Has("size")) ThrowMalformed("attribute 'size' is missing");
  return MappedNode{LrnAttrs{.size = attributes.Int("size", 1),
                             .alpha = attributes.Float("alpha", 1e-4f),
                             .beta = attributes.Float("beta", 0.75f),
                             .bias = attributes.Float("bias", 1.0f)},
                    {node.Input(0)}};
}

}  // namespace vigil::onnx
