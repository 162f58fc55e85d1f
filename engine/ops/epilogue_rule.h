// Shape rule, cost and arithmetic of the fused epilogue, which Conv, Gemm, Add and Mul share.
#ifndef VIGIL_ENGINE_OPS_EPILOGUE_RULE_H_
#define VIGIL_ENGINE_OPS_EPILOGUE_RULE_H_

#include <span>
#include <vector>

#include "engine/ops/epilogue.h"
#include "engine/tensor/tensor.h"

namespace vigil {

// The outputs of a node whose first output is `out`: one for each of epilogue.outputs(), all alike.
// `in` are all inputs of the node; the residual, where there is one, is the last.
// Throws Error (Model, kInvalidValue) for flags that exclude each other or bounds of Clip that are
// not in order, (Model, kInvalidShape) for a residual that differs from `out`.
std::vector<TensorDesc> InferEpilogue(const Epilogue& epilogue, std::span<const TensorDesc> in,
                                      const TensorDesc& out);

// Throws Error (Model, kInvalidValue) for a Clip whose low exceeds its high, or NaN bounds.
void CheckActivation(const Activation& activation);

// Operations of one output element, an activation counted as one.
std::int64_t EpilogueFlops(const Epilogue& epilogue);

// REQUIRES: out[0] holds the accumulator. Completes all outputs.
void ApplyEpilogue(const Epilogue& epilogue, std::span<const ConstTensorView> in,
                   std::span<const TensorView> out);

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_EPILOGUE_RULE_H_
