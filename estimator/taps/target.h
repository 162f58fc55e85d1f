// T as the part that keeps records sees it: something that answers an input and can leave its taps.
#ifndef VIGIL_ESTIMATOR_TAPS_TARGET_H_
#define VIGIL_ESTIMATOR_TAPS_TARGET_H_

#include <memory>
#include <span>

#include "engine/session/session.h"
#include "estimator/taps/tap_plan.h"

namespace vigil {

// What became of one input.
struct TargetAnswer {
  bool answered = true;          // false: there is nothing to judge (a detector that found no face)
  bool recovered = false;        // the device failed in this run and the answer came from elsewhere
  std::optional<Error> failure;  // the device's; set where it recovered, and is known
};

// One network, or a cascade of several. Externally synchronised; runs allocate nothing on the
// device and compile nothing.
class Target {
 public:
  virtual ~Target() = default;

  virtual Shape output() const = 0;                   // of one answer, float32
  virtual const TapPlan& plan() const = 0;            // of all networks, in the order of their run
  virtual const std::string& input_name() const = 0;  // for messages

  // Writes the answer and, unless `slot` is empty, the encoded taps. Neither means anything where
  // nothing was answered. REQUIRES: output.size() is output().elements(), slot is empty or of
  // plan().SlotBytes(1) bytes. Errors as Session::Run.
  virtual TargetAnswer Run(ConstTensorView input, std::span<float> output,
                           std::span<std::byte> slot) = 0;
};

// T as one network. `encodings` of its taps as PlanTaps; `threads` of a CPU backend. Where the
// device is lost for good, `cpu` answers. Compiles now; throws as Session and PlanTaps do.
std::unique_ptr<Target> MakeNetworkTarget(const Graph& graph, std::shared_ptr<Backend> backend,
                                          std::span<const Encoding> encodings, int threads);

// The session that MakeNetworkTarget and cascades run a network in.
Session MakeTargetSession(const Graph& graph, std::shared_ptr<Backend> backend,
                          std::span<const Encoding> encodings, int threads);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TAPS_TARGET_H_
