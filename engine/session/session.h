// A compiled graph ready to run, that survives the loss of its device.
#ifndef VIGIL_ENGINE_SESSION_SESSION_H_
#define VIGIL_ENGINE_SESSION_SESSION_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "engine/backend/backend.h"

namespace vigil {

struct RunReport {
  bool recovered = false;   // the device failed in this run and the answer came from elsewhere
  std::string backend;      // that gave the answer
  bool in_float32 = false;  // the lowered graph gave infinities or NaN, the graph itself answered
  std::optional<Error> failure;  // the device's last in this run; set where it recovered
};

// Holds one Executable a batch size, compiled when first asked for (call Prepare to do so ahead of
// time). Externally synchronised.
class Session {
 public:
  // `fallback` makes the backend to go on with when `backend` is lost for good; null: errors pass
  // through. `lowered` is what runs in place of `graph`: the same inputs, outputs and taps in
  // another precision (ChoosePrecision).
  Session(Graph graph, std::shared_ptr<Backend> backend, CompileOptions options,
          std::function<std::shared_ptr<Backend>()> fallback = nullptr,
          std::optional<Graph> lowered = std::nullopt);

  // Compiles for a batch size now. Errors as Backend::Compile.
  void Prepare(std::int64_t batch);

  // Frees what was compiled for a batch size, if anything.
  void Release(std::int64_t batch);

  // Runs; the batch is dimension 0 of the first input. A first failure of the device (lost,
  // timeout, out of memory) compiles anew and runs again; a second goes to the fallback. Where a
  // lowered graph answers with infinities or NaN, though the inputs have none, the graph itself is
  // run (and compiled, the first time): its answer stands. Errors as Executable::Run otherwise.
  RunReport Run(std::span<const ConstTensorView> inputs, std::span<const TensorView> outputs,
                std::span<std::byte> tap_slot = {});

  // Runs and returns the outputs in tensors of their own; allocates. For tools and tests.
  std::vector<Tensor> Run(std::span<const Tensor> inputs);

  const Graph& graph() const { return graph_; }  // as given, at batch 1
  const Backend& backend() const { return *backend_; }
  Executable& executable(std::int64_t batch);  // compiled if need be
  std::size_t tap_slot_bytes(std::int64_t batch) const;

 private:
  using Executables = std::map<std::int64_t, std::unique_ptr<Executable>>;  // by batch

  Executable& Compiled(const Graph& graph, Executables& executables, std::int64_t batch);
  void DropExecutables();

  Graph graph_;
  std::optional<Graph> lowered_;  // empty: graph_ itself
  std::shared_ptr<Backend> backend_;
  CompileOptions options_;
  std::function<std::shared_ptr<Backend>()> fallback_;
  Executables executables_;          // of what runs
  Executables float32_executables_;  // of graph_, where lowered_ runs and has failed
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_SESSION_SESSION_H_
