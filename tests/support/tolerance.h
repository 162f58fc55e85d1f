// The product's tolerances, asked for a case; and the proof that they are small enough to bite.
#ifndef VIGIL_TESTS_SUPPORT_TOLERANCE_H_
#define VIGIL_TESTS_SUPPORT_TOLERANCE_H_

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/verify/compare.h"
#include "engine/verify/tolerance.h"
#include "tests/support/op_case.h"

namespace vigil::testing {

// One for each output.
inline std::vector<Tolerance> TolerancesOf(const OpCase& op_case,
                                           const std::vector<Tensor>& inputs) {
  return vigil::TolerancesOf(op_case.attrs, inputs);
}

// One for each output, stored in float16.
inline std::vector<Tolerance> HalfTolerancesOf(const OpCase& op_case,
                                               const std::vector<Tensor>& inputs) {
  return vigil::HalfTolerancesOf(op_case.attrs, inputs);
}

// A case whose tolerance exceeds this part of its output's root mean square proves nothing.
inline constexpr double kLargestToleranceOfRms = 0.02;

// The largest tolerance of any element over the root mean square; infinite for an output of zeros.
inline double ToleranceOverRms(const Tensor& expected, const Tolerance& tolerance) {
  double sum = 0.0, largest = 0.0;
  for (const float value : expected.as<float>()) {
    sum += double{value} * value;
    largest = std::max(largest, std::abs(double{value}));
  }
  const double rms = std::sqrt(sum / static_cast<double>(expected.shape().elements()));
  if (rms == 0.0) return std::numeric_limits<double>::infinity();
  return (tolerance.relative * largest + tolerance.absolute) / rms;
}

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_SUPPORT_TOLERANCE_H_
