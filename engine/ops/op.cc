#include "engine/ops/op.h"

#include <array>

#include "engine/ops/op_table.h"

namespace vigil {
namespace {

// In the order of OpAttrs' alternatives.
constexpr std::array<const OpDef*, std::variant_size_v<OpAttrs>> kOps{
    &kConvOp,          &kGemmOp,         &kBatchNormOp,  &kUnaryOp,      &kBinaryOp,
    &kConcatOp,        &kPoolOp,         &kGlobalPoolOp, &kSoftmaxOp,    &kFlattenOp,
    &kReshapeOp,       &kTransposeOp,    &kPadOp,        &kSqueezeOp,    &kUnsqueezeOp,
    &kSliceOp,         &kSplitOp,        &kExpandOp,     &kTileOp,       &kGatherOp,
    &kDepthToSpaceOp,  &kSpaceToDepthOp, &kResizeOp,     &kCastOp,       &kWhereOp,
    &kReduceOp,        &kInstanceNormOp, &kLrnOp,        &kArgMaxOp,     &kMatMulOp,
    &kConvTransposeOp, &kHalfRoundOp,    &kQuantizeOp,   &kDequantizeOp, &kQConvOp,
    &kQGemmOp,
};

// In the order of UnaryKind.
constexpr std::array<std::string_view, 42> kUnaryNames{"Relu",     "Clip",        "Sigmoid",
                                                       "Identity", "Dropout",     "LeakyRelu",
                                                       "Elu",      "HardSigmoid", "HardSwish",
                                                       "Tanh",     "Selu",        "Softplus",
                                                       "Softsign", "Erf",         "Exp",
                                                       "Log",      "Sqrt",        "Neg",
                                                       "Abs",      "Reciprocal",  "Floor",
                                                       "Ceil",     "Gelu",        "Gelu",
                                                       "Round",    "Sign",        "ThresholdedRelu",
                                                       "Shrink",   "Mish",        "Celu",
                                                       "Sin",      "Cos",         "Tan",
                                                       "Asin",     "Acos",        "Atan",
                                                       "Sinh",     "Cosh",        "Asinh",
                                                       "Acosh",    "Atanh",       "Not"};
static_assert(kUnaryNames.size() == static_cast<std::size_t>(UnaryKind::kNot) + 1);

// In the order of BinaryKind.
constexpr std::array<std::string_view, 18> kBinaryNames{
    "Add",   "Mul",  "Sub",         "Div",     "Pow",
    "Min",   "Max",  "PRelu",       "Mod",     "Mod",
    "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual",
    "And",   "Or",   "Xor"};
static_assert(kBinaryNames.size() == static_cast<std::size_t>(BinaryKind::kXor) + 1);

// In the order of ReduceKind.
constexpr std::array<std::string_view, 10> kReduceNames{
    "ReduceSum", "ReduceMean", "ReduceMax",       "ReduceMin",    "ReduceProd",
    "ReduceL1",  "ReduceL2",   "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"};
static_assert(kReduceNames.size() == static_cast<std::size_t>(ReduceKind::kLogSumExp) + 1);

}  // namespace

const OpDef& OpOf(const OpAttrs& attrs) { return *kOps[attrs.index()]; }

std::string OpName(const OpAttrs& attrs) {
  if (const auto* unary = std::get_if<UnaryAttrs>(&attrs)) {
    return std::string(kUnaryNames[static_cast<std::size_t>(unary->kind)]);
  }
  if (const auto* binary = std::get_if<BinaryAttrs>(&attrs)) {
    return std::string(kBinaryNames[static_cast<std::size_t>(binary->kind)]);
  }
  if (const auto* pool = std::get_if<PoolAttrs>(&attrs)) {
    return pool->kind == PoolKind::kMax ? "MaxPool" : "AveragePool";
  }
  if (const auto* pool = std::get_if<GlobalPoolAttrs>(&attrs)) {
    return pool->kind == PoolKind::kMax ? "GlobalMaxPool" : "GlobalAveragePool";
  }
  if (const auto* softmax = std::get_if<SoftmaxAttrs>(&attrs)) {
    return softmax->log ? "LogSoftmax" : "Softmax";
  }
  if (const auto* reduce = std::get_if<ReduceAttrs>(&attrs)) {
    return std::string(kReduceNames[static_cast<std::size_t>(reduce->kind)]);
  }
  if (const auto* index = std::get_if<ArgMaxAttrs>(&attrs)) {
    return index->minimum ? "ArgMin" : "ArgMax";
  }
  const auto* convolution = std::get_if<QConvAttrs>(&attrs);
  if (convolution && convolution->product.type == DType::kInt32) return "ConvInteger";
  const auto* matrix = std::get_if<QGemmAttrs>(&attrs);
  if (matrix && matrix->product.type == DType::kInt32) return "MatMulInteger";
  return std::string(OpOf(attrs).name);
}

}  // namespace vigil
