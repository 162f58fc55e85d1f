// One small file with what exporters write besides layers: quantised operands, sizes computed from
// shapes, a constant made of a shape. Spoilt by the mutation tests and the fuzzer.
#ifndef VIGIL_TESTS_ONNX_SEED_MODEL_H_
#define VIGIL_TESTS_ONNX_SEED_MODEL_H_

#include "tests/onnx/wire.h"

namespace vigil::testing {

// x [n, 3, 5, 4] -> quantised -> Conv with quantised weights -> ConvTranspose -> Resize back to the
// size of x, by x's own shape -> Reshape to [n, 40], by a shape too -> + constant -> y.
inline WireModel SeedModel() {
  constexpr int kFloat = 1, kInt8 = 3;
  const auto floats = [](const std::string& name, const std::vector<std::int64_t>& dims) {
    std::size_t count = 1;
    for (const std::int64_t dim : dims) count *= static_cast<std::size_t>(dim);
    return TensorWire(name, kFloat, dims, RawData(std::vector<float>(count, 0.25f)));
  };
  WireModel model;
  model.opset = 13;
  model.inputs = {ValueWire("x", {0, 3, 5, 4})};
  model.outputs = {"y"};
  model.initializers = {
      floats("step", {}),
      TensorWire("zero_point", kInt8, {}, std::string(1, '\0')),
      floats("steps", {4}),
      TensorWire("zero_points", kInt8, {4}, std::string(4, '\0')),
      TensorWire("bytes", kInt8, {4, 3, 1, 1}, std::string(12, '\3')),
      floats("kernels", {4, 2, 2, 2}),
      Int64Wire("none", {0}),
      Int64Wire("two", {2}),
      Int64Wire("four", {4}),
      Int64Wire("rest", {-1}),
  };
  model.nodes = {
      NodeWire("QuantizeLinear", {"x", "step", "zero_point"}, {"q"}),
      NodeWire("DequantizeLinear", {"q", "step", "zero_point"}, {"rounded"}),
      NodeWire("DequantizeLinear", {"bytes", "steps", "zero_points"}, {"weights"},
               {IntAttribute("axis", 0)}),
      NodeWire("Conv", {"rounded", "weights"}, {"mixed"}),
      NodeWire("ConvTranspose", {"mixed", "kernels"}, {"large"},
               {IntsAttribute("strides", {2, 2})}),
      NodeWire("Shape", {"large"}, {"large_shape"}),
      NodeWire("Slice", {"large_shape", "none", "two"}, {"kept"}),
      NodeWire("Shape", {"x"}, {"shape"}),
      NodeWire("Slice", {"shape", "two", "four"}, {"size"}),
      NodeWire("Concat", {"kept", "size"}, {"sizes"}, {IntAttribute("axis", 0)}),
      NodeWire("Resize", {"large", "", "", "sizes"}, {"small"},
               {StringAttribute("mode", "linear")}),
      NodeWire("Gather", {"shape", "none"}, {"batch"}, {IntAttribute("axis", 0)}),
      NodeWire("Concat", {"batch", "rest"}, {"to"}, {IntAttribute("axis", 0)}),
      NodeWire("Reshape", {"small", "to"}, {"flat"}),
      NodeWire("ConstantOfShape", {"four"}, {"ones"}, {TensorAttribute("value", floats("", {1}))}),
      NodeWire("ReduceSum", {"ones", "none"}, {"one"}),
      NodeWire("Mul", {"flat", "one"}, {"y"}),
  };
  return model;
}

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_ONNX_SEED_MODEL_H_
