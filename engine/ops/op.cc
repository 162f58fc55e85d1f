#include "engine/ops/op.h"

#include <array>

#include "engine/ops/op_table.h"

namespace vigil {
namespace {

// In the order of OpAttrs' alternatives.
constexpr std::array<const OpDef*, std::variant_size_v<OpAttrs>> kOps{
    &kConvOp,         &kGemmOp,         &kBatchNormOp,  &kUnaryOp,   &kBinaryOp,
    &kConcatOp,       &kPoolOp,         &kGlobalPoolOp, &kSoftmaxOp, &kFlattenOp,
    &kReshapeOp,      &kTransposeOp,    &kPadOp,        &kSqueezeOp, &kUnsqueezeOp,
    &kSliceOp,        &kSplitOp,        &kExpandOp,     &kTileOp,    &kGatherOp,
    &kDepthToSpaceOp, &kSpaceToDepthOp, &kResizeOp,     &kCastOp,    &kWhereOp,
};

std::string_view UnaryName(UnaryKind kind) {
  switch (kind) {
    case UnaryKind::kRelu:
      return "Relu";
    case UnaryKind::kClip:
      return "Clip";
    case UnaryKind::kSigmoid:
      return "Sigmoid";
    case UnaryKind::kIdentity:
      return "Identity";
    case UnaryKind::kDropout:
      return "Dropout";
  }
  return "Unary";
}

}  // namespace

const OpDef& OpOf(const OpAttrs& attrs) { return *kOps[attrs.index()]; }

std::string OpName(const OpAttrs& attrs) {
  if (const auto* unary = std::get_if<UnaryAttrs>(&attrs)) {
    return std::string(UnaryName(unary->kind));
  }
  if (const auto* binary = std::get_if<BinaryAttrs>(&attrs)) {
    return binary->kind == BinaryKind::kAdd ? "Add" : "Mul";
  }
  if (const auto* pool = std::get_if<PoolAttrs>(&attrs)) {
    return pool->kind == PoolKind::kMax ? "MaxPool" : "AveragePool";
  }
  return std::string(OpOf(attrs).name);
}

}  // namespace vigil
