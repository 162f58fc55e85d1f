// Labelled images put through T and PE, without a store: what calibration and evaluation are made
// from.
#ifndef VIGIL_ESTIMATOR_EVALUATION_JUDGED_SET_H_
#define VIGIL_ESTIMATOR_EVALUATION_JUDGED_SET_H_

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/session/session.h"
#include "estimator/data/dataset.h"
#include "estimator/taps/target_runner.h"
#include "estimator/verdict/gate.h"

namespace vigil {

struct JudgedSample {
  Truth truth;
  CauseSet applied;
  int group = 0;              // Sample::group
  std::vector<float> output;  // T's
  std::vector<float> pooled;  // T's taps in PE's order, each by PoolChannels
  bool correct = false;       // T was
  CauseSet causes;  // by SOURCES.md P9: applied where T was wrong, other where nothing was; empty
                    // where right
  Probabilities p;  // PE's
};

// Why T failed, by SOURCES.md P9: what was applied, or `other` where nothing was; empty where T was
// right.
CauseSet CausesOfFailure(bool correct, CauseSet applied);

// How taps are kept in evaluations: as on a device.
inline constexpr Encoding kEvaluationEncoding = Encoding::kInt8;

// T and PE side by side on one backend. Not thread-safe.
class JudgedRunner {
 public:
  // `target` carries PE's taps; PE's inputs are the taps in that order, then T's output.
  JudgedRunner(const Graph& target, const Graph& estimator, const std::shared_ptr<Backend>& backend,
               Task task, Normalisation normalisation, Encoding encoding);

  // Hears of each batch: T's taps as PE read them, in its order, and the samples, which are the
  // first rows of the taps.
  using OnTaps = std::function<void(std::span<const Tensor>, std::span<const JudgedSample>)>;

  // `data` gives crops of T's input size. `on_batch` hears how many samples are done. Errors as
  // Dataset::Get and Executable::Run.
  std::vector<JudgedSample> Run(const Dataset& data,
                                const std::function<void(std::int64_t)>& on_batch = nullptr,
                                const OnTaps& on_taps = nullptr);

 private:
  static constexpr std::int64_t kBatch = 16;

  Task task_;
  Normalisation normalisation_;
  int side_;
  TargetRunner target_;
  Session estimator_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_JUDGED_SET_H_
