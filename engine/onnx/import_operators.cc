#include "engine/onnx/import_operators.h"

#include <algorithm>
#include <array>
#include <utility>

namespace vigil::onnx {

Mapping MappingOf(std::string_view op_type) {
  static constexpr auto kMappings = std::to_array<std::pair<std::string_view, Mapping>>({
      {"Abs", MapUnary<UnaryKind::kAbs>},
      {"Add", MapAdd},
      {"ArgMax", MapArgMax},
      {"AveragePool", MapAveragePool},
      {"BatchNormalization", MapBatchNormalization},
      {"Cast", MapCast},
      {"Ceil", MapUnary<UnaryKind::kCeil>},
      {"Clip", MapClip},
      {"Concat", MapConcat},
      {"Constant", MapConstant},
      {"Conv", MapConv},
      {"ConvTranspose", MapConvTranspose},
      {"Div", MapDiv},
      {"Dropout", MapDropout},
      {"Elu", MapElu},
      {"Erf", MapUnary<UnaryKind::kErf>},
      {"Exp", MapUnary<UnaryKind::kExp>},
      {"Flatten", MapFlatten},
      {"Floor", MapUnary<UnaryKind::kFloor>},
      {"Gelu", MapGelu},
      {"Gemm", MapGemm},
      {"GlobalAveragePool", MapGlobalAveragePool},
      {"GlobalMaxPool", MapGlobalMaxPool},
      {"HardSigmoid", MapHardSigmoid},
      {"HardSwish", MapUnary<UnaryKind::kHardSwish>},
      {"Identity", MapIdentity},
      {"InstanceNormalization", MapInstanceNormalization},
      {"LRN", MapLrn},
      {"LeakyRelu", MapLeakyRelu},
      {"Log", MapUnary<UnaryKind::kLog>},
      {"LogSoftmax", MapLogSoftmax},
      {"MatMul", MapMatMul},
      {"Max", MapMax},
      {"MaxPool", MapMaxPool},
      {"Mean", MapMean},
      {"Min", MapMin},
      {"Mul", MapMul},
      {"Neg", MapUnary<UnaryKind::kNeg>},
      {"PRelu", MapPRelu},
      {"Pad", MapPad},
      {"Pow", MapPow},
      {"Reciprocal", MapUnary<UnaryKind::kReciprocal>},
      {"ReduceL1", MapReduce<ReduceKind::kL1>},
      {"ReduceL2", MapReduce<ReduceKind::kL2>},
      {"ReduceLogSum", MapReduce<ReduceKind::kLogSum>},
      {"ReduceLogSumExp", MapReduce<ReduceKind::kLogSumExp>},
      {"ReduceMax", MapReduce<ReduceKind::kMax>},
      {"ReduceMean", MapReduce<ReduceKind::kMean>},
      {"ReduceMin", MapReduce<ReduceKind::kMin>},
      {"ReduceProd", MapReduce<ReduceKind::kProd>},
      {"ReduceSum", MapReduce<ReduceKind::kSum>},
      {"ReduceSumSquare", MapReduce<ReduceKind::kSumSquare>},
      {"Relu", MapUnary<UnaryKind::kRelu>},
      {"Reshape", MapReshape},
      {"Selu", MapSelu},
      {"Sigmoid", MapUnary<UnaryKind::kSigmoid>},
      {"Softmax", MapSoftmax},
      {"Softplus", MapUnary<UnaryKind::kSoftplus>},
      {"Softsign", MapUnary<UnaryKind::kSoftsign>},
      {"Sqrt", MapUnary<UnaryKind::kSqrt>},
      {"Sub", MapSub},
      {"Sum", MapSum},
      {"Tanh", MapUnary<UnaryKind::kTanh>},
      {"Transpose", MapTranspose},
  });
  const auto found =
      std::ranges::find(kMappings, op_type, &std::pair<std::string_view, Mapping>::first);
  return found == kMappings.end() ? nullptr : found->second;
}

}  // namespace vigil::onnx
