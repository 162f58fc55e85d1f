#include "engine/verify/layers.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "engine/base/text.h"
#include "engine/graph/builder.h"
#include "engine/graph/passes.h"
#include "engine/reference/reference_backend.h"
#include "engine/verify/run.h"

namespace vigil {
namespace {

// The node alone: what it reads at run time are the inputs, constants stay constants. Outputs that
// exist for taps only stay taps, because a backend need not offer them otherwise.
Graph GraphOfNode(const Graph& graph, const Node& node) {
  GraphBuilder builder;
  std::map<ValueId, ValueId> made;
  for (const ValueId id : node.inputs) {
    if (made.contains(id)) continue;
    const Value& value = graph.value(id);
    // A graph needs an input: a node that was not folded away has its first one given.
    const bool constant = value.constant && (id != node.inputs.front() ||
                                             std::ranges::any_of(node.inputs, [&](ValueId other) {
                                               return !graph.value(other).constant;
                                             }));
    made[id] = constant ? builder.Constant(value.name, value.constant)
                        : builder.Input(value.name, value.desc);
  }
  std::vector<ValueId> inputs;
  for (const ValueId id : node.inputs) inputs.push_back(made[id]);
  std::vector<std::string> names;
  for (const ValueId id : node.outputs) names.push_back(graph.value(id).name);
  const auto outputs = builder.AddNode(node.name, node.attrs, std::move(inputs), std::move(names));
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const bool for_taps = i > 0 && std::ranges::count(graph.taps(), node.outputs[i]) > 0;
    for_taps ? builder.Tap(outputs[i]) : builder.Output(outputs[i]);
  }
  return std::move(builder).Build();
}

// Values that nodes still want, by id; the rest is given back as the walk goes on.
class Values {
 public:
  Values(const Graph& graph, const std::vector<Tensor>& inputs)
      : graph_(graph), tensors_(graph.values().size()), readers_(graph.values().size(), 0) {
    for (std::size_t i = 0; i < inputs.size(); ++i) Set(graph.inputs()[i], inputs[i].Clone());
    for (const Node& node : graph.nodes()) {
      for (const ValueId id : node.inputs) ++readers_[static_cast<std::size_t>(id)];
    }
  }

  void Set(ValueId id, Tensor tensor) {
    tensors_[static_cast<std::size_t>(id)] = std::move(tensor);
  }

  const Tensor& at(ValueId id) const {
    const Value& value = graph_.value(id);
    return value.constant ? *value.constant : tensors_[static_cast<std::size_t>(id)];
  }

  void HaveBeenRead(const std::vector<ValueId>& ids) {
    for (const ValueId id : ids) {
      if (--readers_[static_cast<std::size_t>(id)] == 0) Set(id, Tensor());
    }
  }

 private:
  const Graph& graph_;
  std::vector<Tensor> tensors_;
  std::vector<int> readers_;
};

std::vector<Tensor> Reference(const Graph& graph, const Node& node,
                              const std::vector<Tensor>& operands) {
  std::vector<ConstTensorView> in;
  for (const Tensor& operand : operands) in.push_back(operand.view());
  std::vector<Tensor> outputs;
  for (const ValueId id : node.outputs) outputs.emplace_back(graph.value(id).desc);
  std::vector<TensorView> out;
  for (Tensor& output : outputs) out.push_back(output.view());
  OpOf(node.attrs).reference(node.attrs, in, out);
  return outputs;
}

// By the name of the value.
std::map<std::string, Tensor> RunAlone(const Graph& alone, const Values& values, const Graph& graph,
                                       Backend& backend, const CompileOptions& options) {
  std::vector<Tensor> inputs;
  for (const ValueId id : alone.inputs()) {
    inputs.push_back(values.at(*graph.Find(alone.value(id).name)).Clone());
  }
  return RunByName(alone, inputs, backend, options);
}

void CheckNode(const Graph& graph, const Node& node, Values& values, Backend& backend,
               const CompileOptions& options, LayerReport& report) {
  std::vector<Tensor> operands;
  for (const ValueId id : node.inputs) operands.push_back(values.at(id).Clone());
  std::vector<Tensor> expected = Reference(graph, node, operands);
  const std::vector<Tolerance> tolerances = TolerancesOf(node.attrs, operands);
  const auto actual = RunAlone(GraphOfNode(graph, node), values, graph, backend, options);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const Value& value = graph.value(node.outputs[i]);
    const Tolerance& tolerance = tolerances[std::min(i, tolerances.size() - 1)];
    const Tensor& got = actual.at(value.name);
    report.layers.push_back({node.name, OpName(node.attrs), value.name, value.desc.shape,
                             Compare(expected[i], got, tolerance),
                             FirstMismatch(expected[i], got, tolerance).value_or("")});
    values.Set(node.outputs[i], std::move(expected[i]));
  }
  values.HaveBeenRead(node.inputs);
}

OutputCheck CompareOutput(const std::string& name, const Tensor& expected, const Tensor& actual) {
  OutputCheck check{name};
  // A tolerance without limit: only the error is wanted.
  check.largest_error = Compare(expected, actual, {0.0, 1.0}).error;
  if (expected.desc().dtype != DType::kFloat32) return check;
  double sum = 0.0;
  for (const float value : expected.as<float>()) sum += double{value} * value;
  const auto elements = static_cast<double>(std::max<std::int64_t>(1, expected.shape().elements()));
  check.root_mean_square = std::sqrt(sum / elements);
  return check;
}

}  // namespace

const LayerCheck* LayerReport::FirstOutside() const {
  const auto found = std::ranges::find_if(
      layers, [](const LayerCheck& layer) { return !layer.deviation.within(); });
  return found == layers.end() ? nullptr : &*found;
}

LayerReport VerifyLayers(const Graph& graph, const std::vector<Tensor>& inputs, Backend& backend,
                         const CompileOptions& options) {
  const Graph sized = SizedFor(graph, inputs);
  LayerReport report;
  const auto expected = RunByName(sized, inputs, *MakeReferenceBackend(), {});
  const auto actual = RunByName(sized, inputs, backend, options);
  for (const ValueId id : sized.outputs()) {
    const std::string& name = sized.value(id).name;
    report.outputs.push_back(CompareOutput(name, expected.at(name), actual.at(name)));
  }
  const Graph optimised = Optimize(sized);
  Values values(optimised, inputs);
  for (const Node& node : optimised.nodes()) {
    try {
      CheckNode(optimised, node, values, backend, options, report);
    } catch (const Error& error) {
      throw Error(error.fault(), error.code(),
                  Text("layer '", node.name, "' (", OpName(node.attrs), "): ", error.what()));
    }
  }
  return report;
}

std::vector<Tensor> RandomInputs(const Graph& graph, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::vector<Tensor> inputs;
  for (const TensorDesc& desc : graph.Descs(graph.inputs())) {
    Tensor& input = inputs.emplace_back(desc);
    if (desc.dtype != DType::kFloat32) continue;
    for (float& x : input.as<float>()) x = static_cast<float>(engine() >> 40) * 0x1p-23f - 1.0f;
  }
  return inputs;
}

}  // namespace vigil
