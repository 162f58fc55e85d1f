#include "engine/onnx/import_operators.h"

#include <algorithm>
#include <array>
#include <utility>

namespace vigil::onnx {

Mapping MappingOf(std::string_view op_type) {
  static constexpr auto kMappings = std::to_array<std::pair<std::string_view, Mapping>>({
      {"Add", MapAdd},
      {"AveragePool", MapAveragePool},
      {"BatchNormalization", MapBatchNormalization},
      {"Cast", MapCast},
      {"CastLike", MapCastLike},
      {"Clip", MapClip},
      {"Concat", MapConcat},
      {"Constant", MapConstant},
      {"Conv", MapConv},
      {"DepthToSpace", MapDepthToSpace},
      {"Dropout", MapDropout},
      {"Expand", MapExpand},
      {"Flatten", MapFlatten},
      {"Gather", MapGather},
      {"Gemm", MapGemm},
      {"GlobalAveragePool", MapGlobalAveragePool},
      {"Identity", MapIdentity},
      {"MatMul", MapMatMul},
      {"MaxPool", MapMaxPool},
      {"Mul", MapMul},
      {"Pad", MapPad},
      {"Relu", MapRelu},
      {"Reshape", MapReshape},
      {"Resize", MapResize},
      {"Sigmoid", MapSigmoid},
      {"Slice", MapSlice},
      {"Softmax", MapSoftmax},
      {"SpaceToDepth", MapSpaceToDepth},
      {"Split", MapSplit},
      {"Squeeze", MapSqueeze},
      {"Tile", MapTile},
      {"Transpose", MapTranspose},
      {"Unsqueeze", MapUnsqueeze},
      {"Upsample", MapUpsample},
      {"Where", MapWhere},
  });
  const auto found =
      std::ranges::find(kMappings, op_type, &std::pair<std::string_view, Mapping>::first);
  return found == kMappings.end() ? nullptr : found->second;
}

}  // namespace vigil::onnx
