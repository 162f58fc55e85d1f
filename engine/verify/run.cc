#include "engine/verify/run.h"

#include "engine/base/text.h"

namespace vigil {
namespace {

bool Fits(const Graph& graph, const std::vector<Tensor>& inputs) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!(inputs[i].desc() == graph.value(graph.inputs()[i]).desc)) return false;
  }
  return true;
}

}  // namespace

Graph SizedFor(const Graph& graph, const std::vector<Tensor>& inputs) {
  if (inputs.size() != graph.inputs().size()) {
    throw Error(Fault::kInput, ErrorCode::kInvalidShape,
                Text(inputs.size(), " inputs: the model takes ", graph.inputs().size()));
  }
  if (Fits(graph, inputs)) return graph;
  const Shape& first = inputs.front().shape();
  Graph sized = first.rank() > 0 && first[0] > 0 ? graph.WithBatch(first[0]) : graph;
  std::vector<ConstTensorView> views;
  for (const Tensor& input : inputs) views.push_back(input.view());
  std::vector<TensorView> outputs;
  for (const TensorDesc& desc : sized.Descs(sized.outputs())) outputs.push_back({desc, nullptr});
  CheckRunArguments(sized, views, outputs, 0, 0);
  return sized;
}

std::map<std::string, Tensor> RunByName(const Graph& graph, const std::vector<Tensor>& inputs,
                                        Backend& backend, CompileOptions options) {
  options.batch = graph.batch();
  options.tap_encodings.clear();
  const std::unique_ptr<Executable> executable = backend.Compile(graph, options);
  std::vector<ConstTensorView> input_views;
  for (const Tensor& input : inputs) input_views.push_back(input.view());
  std::vector<Tensor> outputs;
  for (const TensorDesc& desc : graph.Descs(graph.outputs())) outputs.emplace_back(desc);
  std::vector<TensorView> output_views;
  for (Tensor& output : outputs) output_views.push_back(output.view());
  std::vector<std::byte> slot(executable->info().tap_slot_bytes);
  executable->Run(input_views, output_views, slot);

  std::map<std::string, Tensor> values;
  std::span<const std::byte> rest = slot;
  for (const ValueId id : graph.taps()) {
    const Value& value = graph.value(id);
    Tensor& tap = values[value.name] = Tensor(value.desc);
    Decode(rest.first(tap.bytes().size()), Encoding::kFloat32, tap.view());
    rest = rest.subspan(tap.bytes().size());
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    values[graph.value(graph.outputs()[i]).name] = std::move(outputs[i]);
  }
  return values;
}

}  // namespace vigil
