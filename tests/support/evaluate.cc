#include "tests/support/evaluate.h"

#include <random>

namespace vigil::testing {

std::map<std::string, Tensor> Evaluate(const Graph& graph, std::span<const Tensor> inputs) {
  VIGIL_CHECK(inputs.size() == graph.inputs().size());
  std::map<std::string, Tensor> values;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    values[graph.value(graph.inputs()[i]).name] = inputs[i].Clone();
  }
  for (const Node& node : graph.nodes()) {
    std::vector<ConstTensorView> node_inputs;
    for (const ValueId id : node.inputs) {
      const Value& value = graph.value(id);
      node_inputs.push_back(value.constant ? value.constant->view()
                                           : ConstTensorView(values.at(value.name).view()));
    }
    std::vector<TensorView> node_outputs;
    for (const ValueId id : node.outputs) {
      const Value& value = graph.value(id);
      node_outputs.push_back((values[value.name] = Tensor(value.desc)).view());
    }
    OpOf(node.attrs).reference(node.attrs, node_inputs, node_outputs);
  }
  return values;
}

Tensor RandomTensor(const Shape& shape, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  Tensor tensor({DType::kFloat32, shape});
  for (float& x : tensor.as<float>()) {
    x = static_cast<float>(engine() >> 40) * 0x1p-23f - 1.0f;
  }
  return tensor;
}

}  // namespace vigil::testing
