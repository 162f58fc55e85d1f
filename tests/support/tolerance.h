// How far a backend's float32 answer may be from the reference's, computed from the arithmetic.
#ifndef VIGIL_TESTS_SUPPORT_TOLERANCE_H_
#define VIGIL_TESTS_SUPPORT_TOLERANCE_H_

#include <optional>
#include <string>
#include <vector>

#include "tests/support/op_case.h"

namespace vigil::testing {

// |actual - expected| <= relative * |expected| + absolute. Both zero for operators that only
// choose or move values.
struct Tolerance {
  double relative = 0.0;
  double absolute = 0.0;
};

// Of each output. Sums of products: eps * |expected| + 4 * eps * terms * max|a| * max|b|, terms the
// length of the reduction with bias and residual. Sigmoid and softmax: what Vulkan allows an
// exponential (3 + 2|x| units in the last place) and a quotient (2.5), carried through.
std::vector<Tolerance> TolerancesOf(const OpCase& op_case, const std::vector<Tensor>& inputs);

// A case whose tolerance exceeds this part of its output's root mean square proves nothing.
inline constexpr double kLargestToleranceOfRms = 0.02;
// The largest tolerance of any element over the root mean square; infinite for an output of zeros.
double ToleranceOverRms(const Tensor& expected, const Tolerance& tolerance);

// Index, both values and the tolerance of the first element that is off, and how many are; nothing
// where all are near. NaN is near to nothing.
std::optional<std::string> FirstMismatch(const Tensor& expected, const Tensor& actual,
                                         const Tolerance& tolerance);

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_SUPPORT_TOLERANCE_H_
