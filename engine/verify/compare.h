// Two tensors side by side, element by element.
#ifndef VIGIL_ENGINE_VERIFY_COMPARE_H_
#define VIGIL_ENGINE_VERIFY_COMPARE_H_

#include <optional>
#include <string>

#include "engine/tensor/tensor.h"
#include "engine/verify/tolerance.h"

namespace vigil {

// The element whose error is the largest part of its tolerance, and how many are off. An infinity
// is near to its equal, NaN to NaN; neither is near to anything else (error and ratio infinite).
struct Deviation {
  double error = 0.0;
  double tolerance = 0.0;
  double ratio = 0.0;  // error / tolerance; infinite for an error where none is allowed
  std::int64_t outside = 0;

  bool within() const { return outside == 0; }
};

// Of any element type; integers are compared as they are. REQUIRES: equal descriptions.
Deviation Compare(const Tensor& expected, const Tensor& actual, const Tolerance& tolerance);

// Index, both values and the tolerance of the first element that is off, and how many are; nothing
// where all are near. Also says where the descriptions differ.
std::optional<std::string> FirstMismatch(const Tensor& expected, const Tensor& actual,
                                         const Tolerance& tolerance);

}  // namespace vigil

#endif  // VIGIL_ENGINE_VERIFY_COMPARE_H_
