// ONNX operators -> OpAttrs. Private to the room.
#ifndef VIGIL_ENGINE_ONNX_IMPORT_OPERATORS_H_
#define VIGIL_ENGINE_ONNX_IMPORT_OPERATORS_H_

#include <optional>
#include <string_view>
#include <vector>

#include "engine/onnx/import_node.h"

namespace vigil::onnx {

struct MappedNode {
  OpAttrs attrs;
  std::vector<ValueId> inputs;
};

// Nothing where the node only named a constant or another value. Throws as ImportNode.
using Mapping = std::optional<MappedNode> (*)(ImportNode&);

// Null for an operator that is not supported. `op_type` is of ONNX's default domain.
Mapping MappingOf(std::string_view op_type);

// import_window.cc
std::optional<MappedNode> MapConv(ImportNode& node);
std::optional<MappedNode> MapConvTranspose(ImportNode& node);
std::optional<MappedNode> MapMaxPool(ImportNode& node);
std::optional<MappedNode> MapAveragePool(ImportNode& node);
std::optional<MappedNode> MapLpPool(ImportNode& node);
std::optional<MappedNode> MapGlobalAveragePool(ImportNode& node);
std::optional<MappedNode> MapGlobalMaxPool(ImportNode& node);
// Of a convolution whose x is input 0 and whose weights are input `weights`; the bias aside.
ConvAttrs ReadConv(ImportNode& node, int weights);
// import_quantized.cc
std::optional<MappedNode> MapQuantizeLinear(ImportNode& node);
std::optional<MappedNode> MapDequantizeLinear(ImportNode& node);
std::optional<MappedNode> MapQLinearConv(ImportNode& node);
std::optional<MappedNode> MapConvInteger(ImportNode& node);
std::optional<MappedNode> MapQLinearMatMul(ImportNode& node);
std::optional<MappedNode> MapMatMulInteger(ImportNode& node);
std::optional<MappedNode> MapDynamicQuantizeLinear(ImportNode& node);
// import_dense.cc
std::optional<MappedNode> MapGemm(ImportNode& node);
std::optional<MappedNode> MapMatMul(ImportNode& node);
std::optional<MappedNode> MapBatchNormalization(ImportNode& node);
std::optional<MappedNode> MapSoftmax(ImportNode& node);
std::optional<MappedNode> MapLogSoftmax(ImportNode& node);
// import_reduce.cc
std::optional<MappedNode> MapReduceTo(ImportNode& node, ReduceKind kind);
template <ReduceKind kind>
std::optional<MappedNode> MapReduce(ImportNode& node) {
  return MapReduceTo(node, kind);
}
std::optional<MappedNode> MapArgMax(ImportNode& node);
std::optional<MappedNode> MapArgMin(ImportNode& node);
std::optional<MappedNode> MapInstanceNormalization(ImportNode& node);
std::optional<MappedNode> MapLrn(ImportNode& node);
// import_normalize.cc
std::optional<MappedNode> MapLayerNormalization(ImportNode& node);
std::optional<MappedNode> MapGroupNormalization(ImportNode& node);
std::optional<MappedNode> MapMeanVarianceNormalization(ImportNode& node);
// A function of one input that has no attributes.
template <UnaryKind kind>
std::optional<MappedNode> MapUnary(ImportNode& node) {
  node.RequireInputs(1, 1);
  return MappedNode{UnaryAttrs{kind}, {node.Input(0)}};
}
// import_unary.cc
std::optional<MappedNode> MapLeakyRelu(ImportNode& node);
std::optional<MappedNode> MapElu(ImportNode& node);
std::optional<MappedNode> MapSelu(ImportNode& node);
std::optional<MappedNode> MapHardSigmoid(ImportNode& node);
std::optional<MappedNode> MapGelu(ImportNode& node);
std::optional<MappedNode> MapRelu(ImportNode& node);
std::optional<MappedNode> MapCelu(ImportNode& node);
std::optional<MappedNode> MapThresholdedRelu(ImportNode& node);
std::optional<MappedNode> MapShrink(ImportNode& node);
std::optional<MappedNode> MapIsNan(ImportNode& node);
std::optional<MappedNode> MapIsInf(ImportNode& node);
// import_arithmetic.cc
std::optional<MappedNode> MapBinaryTo(ImportNode& node, BinaryKind kind);
template <BinaryKind kind>
std::optional<MappedNode> MapBinary(ImportNode& node) {
  return MapBinaryTo(node, kind);
}
std::optional<MappedNode> MapMod(ImportNode& node);
std::optional<MappedNode> MapMin(ImportNode& node);
std::optional<MappedNode> MapMax(ImportNode& node);
std::optional<MappedNode> MapSum(ImportNode& node);
std::optional<MappedNode> MapMean(ImportNode& node);
std::optional<MappedNode> MapPRelu(ImportNode& node);
// import_elementwise.cc
std::optional<MappedNode> MapClip(ImportNode& node);
std::optional<MappedNode> MapIdentity(ImportNode& node);
std::optional<MappedNode> MapDropout(ImportNode& node);
std::optional<MappedNode> MapConstant(ImportNode& node);
// import_layout.cc
std::optional<MappedNode> MapConcat(ImportNode& node);
std::optional<MappedNode> MapFlatten(ImportNode& node);
std::optional<MappedNode> MapReshape(ImportNode& node);
std::optional<MappedNode> MapTranspose(ImportNode& node);
std::optional<MappedNode> MapPad(ImportNode& node);
// import_parts.cc
std::optional<MappedNode> MapSlice(ImportNode& node);
std::optional<MappedNode> MapSplit(ImportNode& node);
std::optional<MappedNode> MapGather(ImportNode& node);
std::optional<MappedNode> MapSqueeze(ImportNode& node);
std::optional<MappedNode> MapUnsqueeze(ImportNode& node);
std::optional<MappedNode> MapExpand(ImportNode& node);
std::optional<MappedNode> MapTile(ImportNode& node);
std::optional<MappedNode> MapDepthToSpace(ImportNode& node);
std::optional<MappedNode> MapSpaceToDepth(ImportNode& node);
// import_cast.cc
std::optional<MappedNode> MapCast(ImportNode& node);
std::optional<MappedNode> MapCastLike(ImportNode& node);
std::optional<MappedNode> MapWhere(ImportNode& node);
// import_choice.cc
std::optional<MappedNode> MapTrilu(ImportNode& node);
std::optional<MappedNode> MapOneHot(ImportNode& node);
std::optional<MappedNode> MapHardmax(ImportNode& node);
// import_resize.cc
std::optional<MappedNode> MapResize(ImportNode& node);
std::optional<MappedNode> MapUpsample(ImportNode& node);

}  // namespace vigil::onnx

#endif  // VIGIL_ENGINE_ONNX_IMPORT_OPERATORS_H_
