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
      {"Clip", MapClip},
      {"Concat", MapConcat},
      {"Constant", MapConstant},
      {"Conv", MapConv},
      {"Dropout", MapDropout},
      {"Flatten", MapFlatten},
      {"Gemm", MapGemm},
      {"GlobalAveragePool", MapGlobalAveragePool},
      {"Identity", MapIdentity},
      {"MatMul", MapMatMul},
      {"MaxPool", MapMaxPool},
      {"Mul", MapMul},
      {"Pad", MapPad},
      {"Relu", MapRelu},
      {"Reshape", MapReshape},
      {"Sigmoid", MapSigmoid},
      {"Softmax", MapSoftmax},
      {"Transpose", MapTranspose},
  });
  const auto found =
      std::ranges::find(kMappings, op_type, &std::pair<std::string_view, Mapping>::first);
  return found == kMappings.end() ? nullptr : found->second;
}

}  // namespace vigil::onnx
