// Short ways to run one operator on numbers written down in a test.
#ifndef VIGIL_TESTS_SUPPORT_OP_HAND_H_
#define VIGIL_TESTS_SUPPORT_OP_HAND_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/support/op_case.h"

namespace vigil::testing {

inline Tensor Filled(const Shape& shape, const std::vector<float>& values) {
  return Tensor(shape, values);
}

// The values of output `output`, the first by default.
inline std::vector<float> ValuesOf(const std::vector<Tensor>& outputs, std::size_t output = 0) {
  const auto values = outputs[output].as<float>();
  return {values.begin(), values.end()};
}

template <typename... Inputs>
std::vector<Tensor> RunOp(const OpAttrs& attrs, Inputs... inputs) {
  std::vector<Tensor> list;
  (list.push_back(std::move(inputs)), ...);
  return RunReference(attrs, list);
}

// The shape of the first output for float32 inputs of these shapes.
Shape InferredShape(const OpAttrs& attrs, const std::vector<Shape>& shapes);

// The message with which the shape rule refuses; "accepted" where it does not.
std::string Refusal(const OpAttrs& attrs, const std::vector<Shape>& shapes);

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_SUPPORT_OP_HAND_H_
