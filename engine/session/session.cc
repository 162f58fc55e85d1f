#include "engine/session/session.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/base/log.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

// What compiling anew, or another device, may mend: the device's faults alone.
bool IsDeviceFault(const Error& error) { return error.fault() == Fault::kGpu; }

Graph AtBatchOne(Graph graph) { return graph.batch() == 1 ? std::move(graph) : graph.WithBatch(1); }

template <typename View>
bool AllFinite(std::span<const View> views) {
  return std::ranges::all_of(views, [](const View& view) {
    return view.desc.dtype != DType::kFloat32 ||
           std::ranges::all_of(view.template as<float>(), [](float x) { return std::isfinite(x); });
  });
}

}  // namespace

Session::Session(Graph graph, std::shared_ptr<Backend> backend, CompileOptions options,
                 std::function<std::shared_ptr<Backend>()> fallback, std::optional<Graph> lowered)
    : graph_(AtBatchOne(std::move(graph))),
      backend_(std::move(backend)),
      options_(std::move(options)),
      fallback_(std::move(fallback)) {
  if (lowered) lowered_ = AtBatchOne(*std::move(lowered));
}

void Session::Prepare(std::int64_t batch) { executable(batch); }

Executable& Session::executable(std::int64_t batch) {
  return Compiled(lowered_ ? *lowered_ : graph_, executables_, batch);
}

Executable& Session::Compiled(const Graph& graph, Executables& executables, std::int64_t batch) {
  std::unique_ptr<Executable>& place = executables[batch];
  if (!place) {
    CompileOptions options = options_;
    options.batch = batch;
    place = backend_->Compile(graph, options);
  }
  return *place;
}

void Session::Release(std::int64_t batch) {
  executables_.erase(batch);
  float32_executables_.erase(batch);
}

void Session::DropExecutables() {
  executables_.clear();
  float32_executables_.clear();
}

std::size_t Session::tap_slot_bytes(std::int64_t batch) const {
  const auto found = executables_.find(batch);
  if (found != executables_.end() && found->second) return found->second->info().tap_slot_bytes;
  const Graph graph = batch == 1 ? graph_ : graph_.WithBatch(batch);
  return TapSlotBytes(graph, TapEncodings(graph, options_));
}

RunReport Session::Run(std::span<const ConstTensorView> inputs, std::span<const TensorView> outputs,
                       std::span<std::byte> tap_slot) {
  // A batch that no tensor can have is reported by the check of shapes at batch 1.
  const bool has_batch =
      !inputs.empty() && inputs[0].desc.shape.rank() > 0 && inputs[0].desc.shape[0] > 0;
  const std::int64_t batch = has_batch ? inputs[0].desc.shape[0] : 1;
  bool in_float32 = false;
  std::optional<Error> failure;
  const auto run = [&] {
    executable(batch).Run(inputs, outputs, tap_slot);
    if (!lowered_ || AllFinite(outputs) || !AllFinite(inputs)) return;
    in_float32 = true;
    Compiled(graph_, float32_executables_, batch).Run(inputs, outputs, tap_slot);
  };
  try {
    run();
    return {false, std::string(backend_->name()), in_float32, failure};
  } catch (const Error& error) {
    if (!IsDeviceFault(error)) throw;
    failure = error;
    Log(LogLevel::kWarning, Text(backend_->name(), " failed, compiling anew: ", error.what()));
  }
  DropExecutables();  // all of them lived on the device that failed
  try {
    run();
    return {true, std::string(backend_->name()), in_float32, failure};
  } catch (const Error& error) {
    DropExecutables();
    if (!IsDeviceFault(error) || !fallback_) throw;
    failure = error;
    Log(LogLevel::kError, Text(backend_->name(), " failed again, given up: ", error.what()));
  }
  backend_ = std::exchange(fallback_, nullptr)();
  run();
  return {true, std::string(backend_->name()), in_float32, failure};
}

std::vector<Tensor> Session::Run(std::span<const Tensor> inputs) {
  std::vector<ConstTensorView> input_views;
  for (const Tensor& input : inputs) input_views.push_back(input.view());
  const bool has_batch = !inputs.empty() && inputs[0].shape().rank() > 0;
  const std::int64_t batch = has_batch ? inputs[0].shape()[0] : 1;
  const Graph graph = batch <= 1 ? graph_ : graph_.WithBatch(batch);
  std::vector<Tensor> outputs;
  std::vector<TensorView> output_views;
  for (const TensorDesc& desc : graph.Descs(graph.outputs())) outputs.emplace_back(desc);
  for (Tensor& output : outputs) output_views.push_back(output.view());
  Run(input_views, output_views);
  return outputs;
}

}  // namespace vigil
