// One operator on tensors at hand, by its reference: how constants are folded.
#ifndef VIGIL_ENGINE_OPS_EVALUATE_H_
#define VIGIL_ENGINE_OPS_EVALUATE_H_

#include <span>
#include <vector>

#include "engine/ops/op.h"

namespace vigil {

// The outputs. Throws as the operator's shape rule.
std::vector<Tensor> EvaluateOp(const OpAttrs& attrs, std::span<const ConstTensorView> inputs);

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_EVALUATE_H_
