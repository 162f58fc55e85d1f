// How far a backend's float32 answer may be from the reference's, computed from the arithmetic.
#ifndef VIGIL_ENGINE_VERIFY_TOLERANCE_H_
#define VIGIL_ENGINE_VERIFY_TOLERANCE_H_

#include <vector>

#include "engine/ops/op.h"

namespace vigil {

// |actual - expected| <= relative * |expected| + absolute. Both zero for operators that only
// choose or move values.
struct Tolerance {
  double relative = 0.0;
  double absolute = 0.0;
};

// Of each output of a node with these inputs, weights included. Sums of products: eps * |expected|
// + 4 * eps * terms * max|a| * max|b|, terms the length of the reduction with bias and residual.
// Functions: what Vulkan allows an exponential (3 + 2|x| units in the last place) and a quotient
// (2.5), carried through. A single entry stands for all outputs.
std::vector<Tolerance> TolerancesOf(const OpAttrs& op_attrs, const std::vector<Tensor>& inputs);

// The same where every value is stored in float16, on inputs (as float32) that float16 has: a unit
// in its last place more, since devices may round either way, and what flushing its subnormals
// costs. Operators that only move values stay exact.
std::vector<Tolerance> HalfTolerancesOf(const OpAttrs& op_attrs, const std::vector<Tensor>& inputs);

}  // namespace vigil

#endif  // VIGIL_ENGINE_VERIFY_TOLERANCE_H_
