// Looks at values inside a network while a backend runs it.
#ifndef VIGIL_ENGINE_SESSION_OBSERVE_H_
#define VIGIL_ENGINE_SESSION_OBSERVE_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/graph/half_plan.h"

namespace vigil {

// Keeps the named values of each run, in float32. Compiled once, for the graph's batch. One thread.
class Observer {
 public:
  // Throws Error as Graph::WithTaps and Backend::Compile.
  Observer(Backend& backend, const Graph& graph, std::span<const std::string> names);

  // Throws Error as Executable::Run.
  void Run(std::span<const ConstTensorView> inputs);

  // Of the last run, in the order of the names.
  const std::vector<Tensor>& values() const { return values_; }

 private:
  std::unique_ptr<Executable> executable_;
  std::vector<Tensor> outputs_, values_;
  std::vector<std::byte> slot_;
};

// Names of the float32 values that a run makes, inputs among them.
std::vector<std::string> FloatValues(const Graph& graph);

// How far each value of `graph` reaches over all runs on `probes`, each a list of inputs.
Magnitudes ProbeMagnitudes(Backend& backend, const Graph& graph,
                           std::span<const std::vector<Tensor>> probes);

// Inputs that nobody has said anything of: normally distributed, cut at 3 deviations. The same for
// the same seed.
std::vector<std::vector<Tensor>> NormalProbes(const Graph& graph, int count,
                                              std::uint64_t seed = 1);

}  // namespace vigil

#endif  // VIGIL_ENGINE_SESSION_OBSERVE_H_
