// Matrix products, normalisation and Softmax.
#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"

namespace vigil::onnx {

std::optional<MappedNode> MapGemm(ImportNode& node) {
  node.RequireInputs(2, 3);
  const Attributes attributes = node.attributes();
  GemmAttrs attrs{.alpha = attributes.Float("alpha", 1.0f),
                  .beta = attributes.Float("beta", 1.0f),
                  .trans_a = attributes.Int("transA", 0) != 0,
                  .trans_b = attributes.Int("transB", 0) != 0,
                  .has_bias = node.HasInput(2)};
  std::vector<ValueId> inputs{node.Input(0), node.Input(1)};
  if (attrs.has_bias) inputs.push_back(node.Input(2));
  return MappedNode{attrs, std::move(inputs)};
}

std::optional<MappedNode> MapMatMul(ImportNode& node) {
  node.RequireInputs(2, 2);
  if (node.InputRank(0) != 2 || node.InputRank(1) != 2) {
    return MappedNode{MatMulAttrs{}, node.Inputs()};
  }
  return MappedNode{GemmAttrs{}, node.Inputs()};
}

std::optional<MappedNode> MapBatchNormalization(ImportNode& node) {
  node.RequireInputs(5, 5);
  const Attributes attributes = node.attributes();
  if (node.opset() >= 14 && attributes.Int("training_mode", 0) != 0) {
    ThrowUnsupported("training_mode is 1: expected a model exported for inference");
  }
  if (node.opset() < 9 && attributes.Int("spatial", 1) == 0) {
    ThrowUnsupported("spatial is 0: expected statistics for each channel");
  }
  return MappedNode{BatchNormAttrs{.epsilon = attributes.Float("epsilon", 1e-5f),
                                   .momentum = attributes.Float("momentum", 0.9f)},
                    node.Inputs()};
}

namespace {

std::optional<MappedNode> MapSoftmaxTo(ImportNode& node, bool log) {
  node.RequireInputs(1, 1);
  const bool along_axis = node.opset() >= 13;
  const int rank = node.InputRank(0);
  const std::int64_t axis = ResolveAxis(node.attributes().Int("axis", along_axis ? -1 : 1), rank);
  // Before opset 13 all dimensions from the axis on are one; of the last that says the same.
  return MappedNode{
      SoftmaxAttrs{.axis = axis, .flatten_from_axis = !along_axis && axis + 1 < rank, .log = log},
      {node.Input(0)}};
}

}  // namespace

std::optional<MappedNode> MapSoftmax(ImportNode& node) { return MapSoftmaxTo(node, false); }
std::optional<MappedNode> MapLogSoftmax(ImportNode& node) { return MapSoftmaxTo(node, true); }

}  // namespace vigil::onnx
