#include "engine/verify/layers.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "engine/base/half.h"
#include "engine/base/text.h"
#include "engine/graph/builder.h"
#include "engine/graph/passes.h"
#include "engine/reference/reference_backend.h"
#include "engine/verify/run.h"

namespace vigil {
namespace {

// Backends take and give float32: what a node has in float16 or in bytes is made of it, and made it
// again, exactly. Those values of a graph of a node alone go by this name.
std::string OutsideName(const Value& value) { return value.name + ".as_float32"; }

std::optional<OpAttrs> FromFloat32(DType type) {
  if (type == DType::kFloat16) return CastAttrs{type};
  if (type == DType::kInt8 || type == DType::kUInt8) return QuantizeAttrs{{}, type};
  return std::nullopt;
}

std::optional<OpAttrs> ToFloat32(DType type) {
  if (type == DType::kFloat16) return CastAttrs{DType::kFloat32};
  if (type == DType::kInt8 || type == DType::kUInt8 || type == DType::kInt32) {
    return DequantizeAttrs{};
  }
  return std::nullopt;
}

Tensor AsFloat32(const Tensor& tensor) {
  Tensor wide({DType::kFloat32, tensor.shape()});
  const auto copy = [&](auto values, auto convert) {
    std::ranges::transform(values, wide.as<float>().begin(), convert);
  };
  const auto number = [](auto x) { return static_cast<float>(x); };
  switch (tensor.desc().dtype) {
    case DType::kFloat16:
      copy(tensor.as<std::uint16_t>(), HalfToFloat);
      break;
    case DType::kInt8:
      copy(tensor.as<std::int8_t>(), number);
      break;
    case DType::kUInt8:
      copy(tensor.as<std::uint8_t>(), number);
      break;
    case DType::kInt32:
      copy(tensor.as<std::int32_t>(), number);
      break;
    default:
      return tensor.Clone();
  }
  return wide;
}

// The node that makes an int32 sum, which nothing makes of float32: it comes along. Null for
// others.
const Node* MakerOfSums(const Graph& graph, ValueId id) {
  if (graph.value(id).desc.dtype != DType::kInt32) return nullptr;
  for (const Node& node : graph.nodes()) {
    if (node.outputs.front() == id) return &node;
  }
  return nullptr;
}

// What a node alone reads, with what the makers of its sums read.
std::vector<ValueId> OperandsAlone(const Graph& graph, const Node& node) {
  std::vector<ValueId> operands = node.inputs;
  for (const ValueId id : node.inputs) {
    const Node* maker = MakerOfSums(graph, id);
    if (maker) operands.insert(operands.end(), maker->inputs.begin(), maker->inputs.end());
  }
  return operands;
}

// The node alone: what it reads at run time are the inputs, constants stay constants. Outputs that
// exist for taps only stay taps, because a backend need not offer them otherwise.
class NodeAlone {
 public:
  NodeAlone(const Graph& graph, const Node& node) : graph_(graph) {
    // A graph needs an input: a node that was not folded away has its first one given.
    const bool all_constant = std::ranges::all_of(
        node.inputs, [&](ValueId id) { return graph.value(id).constant != nullptr; });
    std::vector<ValueId> inputs;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      inputs.push_back(Operand(node.inputs[i], all_constant && i == 0));
    }
    std::vector<std::string> names;
    for (const ValueId id : node.outputs) names.push_back(graph.value(id).name);
    const auto outputs =
        builder_.AddNode(node.name, node.attrs, std::move(inputs), std::move(names));
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const bool for_taps = i > 0 && std::ranges::count(graph.taps(), node.outputs[i]) > 0;
      ValueId output = outputs[i];
      const Value value = builder_.value(output);
      if (const auto widen = ToFloat32(value.desc.dtype)) {
        output = builder_.Add(OutsideName(value), *widen, {output});
      }
      for_taps || IsSwallowed(node, i) ? builder_.Tap(output) : builder_.Output(output);
    }
  }

  Graph Build() && { return std::move(builder_).Build(); }
  // Of the whole graph, in the order of the inputs.
  const std::vector<ValueId>& sources() const { return sources_; }

 private:
  // A second output of a lowered graph is tapped through a cast: it is none of the graph's taps.
  bool IsSwallowed(const Node& node, std::size_t output) const {
    return output > 0 && graph_.value(node.outputs[output]).desc.dtype == DType::kFloat16;
  }

  ValueId Operand(ValueId id, bool as_input) {
    if (const auto found = made_.find(id); found != made_.end()) return found->second;
    const Value& value = graph_.value(id);
    if (value.constant && !as_input) {
      return made_[id] = builder_.Constant(value.name, value.constant);
    }
    if (const Node* maker = MakerOfSums(graph_, id)) {
      std::vector<ValueId> inputs;
      for (const ValueId input : maker->inputs) inputs.push_back(Operand(input, false));
      return made_[id] =
                 builder_.AddNode(maker->name, maker->attrs, std::move(inputs), {value.name})[0];
    }
    sources_.push_back(id);
    const auto narrow = FromFloat32(value.desc.dtype);
    if (!narrow) return made_[id] = builder_.Input(value.name, value.desc);
    const ValueId outside = builder_.Input(OutsideName(value), {DType::kFloat32, value.desc.shape});
    return made_[id] = builder_.Add(value.name, *narrow, {outside});
  }

  const Graph& graph_;
  GraphBuilder builder_;
  std::map<ValueId, ValueId> made_;
  std::vector<ValueId> sources_;
};

// Values that nodes still want, by id; the rest is given back as the walk goes on.
class Values {
 public:
  Values(const Graph& graph, const std::vector<Tensor>& inputs)
      : graph_(graph), tensors_(graph.values().size()), readers_(graph.values().size(), 0) {
    for (std::size_t i = 0; i < inputs.size(); ++i) Set(graph.inputs()[i], inputs[i].Clone());
    for (const Node& node : graph.nodes()) {
      for (const ValueId id : OperandsAlone(graph, node)) ++readers_[static_cast<std::size_t>(id)];
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
std::map<std::string, Tensor> RunAlone(const Graph& graph, const Node& node, const Values& values,
                                       Backend& backend, const CompileOptions& options) {
  NodeAlone alone(graph, node);
  std::vector<Tensor> inputs;
  for (const ValueId id : alone.sources()) {
    const Tensor& value = values.at(id);
    inputs.push_back(FromFloat32(value.desc().dtype) ? AsFloat32(value) : value.Clone());
  }
  return RunByName(std::move(alone).Build(), inputs, backend, options);
}

std::vector<Tolerance> TolerancesAlone(const Node& node, const std::vector<Tensor>& operands) {
  const bool half = std::ranges::any_of(
      operands, [](const Tensor& operand) { return operand.desc().dtype == DType::kFloat16; });
  if (!half) return TolerancesOf(node.attrs, operands);
  std::vector<Tensor> wide;
  for (const Tensor& operand : operands) wide.push_back(AsFloat32(operand));
  return HalfTolerancesOf(node.attrs, wide);
}

void CheckNode(const Graph& graph, const Node& node, Values& values, Backend& backend,
               const CompileOptions& options, LayerReport& report) {
  std::vector<Tensor> operands;
  for (const ValueId id : node.inputs) operands.push_back(values.at(id).Clone());
  std::vector<Tensor> expected = Reference(graph, node, operands);
  const std::vector<Tolerance> tolerances = TolerancesAlone(node, operands);
  const auto actual = RunAlone(graph, node, values, backend, options);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const Value& value = graph.value(node.outputs[i]);
    const Tolerance& tolerance = tolerances[std::min(i, tolerances.size() - 1)];
    const bool outside = ToFloat32(value.desc.dtype).has_value();
    const Tensor& got = actual.at(outside ? OutsideName(value) : value.name);
    const Tensor wanted = outside ? AsFloat32(expected[i]) : expected[i].Clone();
    report.layers.push_back({node.name, OpName(node.attrs), value.name, value.desc.shape,
                             Compare(wanted, got, tolerance),
                             FirstMismatch(wanted, got, tolerance).value_or("")});
    values.Set(node.outputs[i], std::move(expected[i]));
  }
  values.HaveBeenRead(OperandsAlone(graph, node));
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
                         const CompileOptions& options, const std::optional<Graph>& lowered) {
  const Graph sized = SizedFor(graph, inputs);
  const Graph running = lowered ? SizedFor(*lowered, inputs) : sized;
  LayerReport report;
  const auto expected = RunByName(sized, inputs, *MakeReferenceBackend(), {});
  const auto actual = RunByName(running, inputs, backend, options);
  for (const ValueId id : sized.outputs()) {
    const std::string& name = sized.value(id).name;
    report.outputs.push_back(CompareOutput(name, expected.at(name), actual.at(name)));
  }
  const Graph optimised = Optimize(running);
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
