// A 3 x 3 convolution without stride, with bias and residual, held against sums in double: for
// kernels that compute it otherwise than as sums.
#ifndef VIGIL_TESTS_SUPPORT_WINDOW_CASE_H_
#define VIGIL_TESTS_SUPPORT_WINDOW_CASE_H_

#include <array>
#include <ostream>

#include "engine/graph/graph.h"

namespace vigil::testing {

struct WindowCase {
  Shape x;  // [N, C, H, W]
  std::int64_t outputs = 1;
  std::array<std::int64_t, 4> pads{};

  Shape y() const;
};
void PrintTo(const WindowCase& of, std::ostream* out);

// Data of a case, normally distributed; the same case always has the same.
struct WindowData {
  explicit WindowData(const WindowCase& of);

  Tensor x, weights, bias, residual;
};

// Inputs "x" and "r", the output the convolution's sum with "r". With `other_weights` a matrix
// product with so many stands beside it, from the input "z" [N, 1] to a second output.
Graph MakeGraph(const WindowCase& of, const WindowData& data, std::int64_t other_weights = 0);

// The largest errors, of `y` and of the plain sums in float32, in every 37th of the channels.
struct WindowErrors {
  double of_answer = 0.0, of_plain_sums = 0.0;
};
WindowErrors ErrorsOf(const WindowCase& of, const WindowData& data, const Tensor& y);

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_SUPPORT_WINDOW_CASE_H_
