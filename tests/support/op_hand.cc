#include "tests/support/op_hand.h"

namespace vigil::testing {
namespace {

std::vector<TensorDesc> Describe(const std::vector<Shape>& shapes) {
  std::vector<TensorDesc> descs;
  for (const Shape& shape : shapes) descs.push_back({DType::kFloat32, shape});
  return descs;
}

}  // namespace

Shape InferredShape(const OpAttrs& attrs, const std::vector<Shape>& shapes) {
  return OpOf(attrs).infer(attrs, Describe(shapes)).front().shape;
}

std::string Refusal(const OpAttrs& attrs, const std::vector<Shape>& shapes) {
  try {
    OpOf(attrs).infer(attrs, Describe(shapes));
    return "accepted";
  } catch (const Error& error) {
    return error.fault() == Fault::kModel ? error.what() : "not a fault of the model";
  }
}

}  // namespace vigil::testing
