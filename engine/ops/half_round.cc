#include "engine/ops/half_round.h"

#include <algorithm>

#include "engine/base/half.h"
#include "engine/ops/check.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

std::vector<TensorDesc> InferHalfRound(const HalfRoundAttrs&, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  RequireFloat32(in);
  RequireNonEmpty("x", in[0].shape);
  return {in[0]};
}

OpCost CostHalfRound(const HalfRoundAttrs&, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out) {
  return CostOf(in, out);
}

void ReferenceHalfRound(const HalfRoundAttrs&, std::span<const ConstTensorView> in,
                        std::span<const TensorView> out) {
  std::ranges::transform(in[0].as<float>(), out[0].as<float>().begin(), RoundToHalf);
}

}  // namespace

constinit const OpDef kHalfRoundOp =
    MakeTypedOp<HalfRoundAttrs, InferHalfRound, CostHalfRound, ReferenceHalfRound>("HalfRound");

}  // namespace vigil
