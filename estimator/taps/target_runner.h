// T run over whole batches, with its taps as a device would keep them.
#ifndef VIGIL_ESTIMATOR_TAPS_TARGET_RUNNER_H_
#define VIGIL_ESTIMATOR_TAPS_TARGET_RUNNER_H_

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "engine/session/session.h"
#include "estimator/taps/tap_plan.h"

namespace vigil {

// For training, calibration and evaluation, which see many images at once: taps are encoded and
// decoded again, so that PE learns from what it will read. What it keeps stays in memory, so that
// even T's input may be a tap.
class TargetRunner {
 public:
  // `target` carries its taps (Graph::WithTaps); `encoding` holds for all of them.
  TargetRunner(const Graph& target, std::shared_ptr<Backend> backend, Encoding encoding,
               std::int64_t batch);

  struct Kept {
    std::vector<std::byte> slot;  // all taps, encoded
    Tensor output;                // [batch, outputs]
  };
  // One run over a batch of images in T's input form. REQUIRES: images' batch is the runner's.
  // Thread-safe (one at a time).
  Kept Run(const Tensor& images);

  // The taps of a slot in the order of the graph's taps: float32, batch first. Thread-safe.
  std::vector<Tensor> Decode(std::span<const std::byte> slot) const;

  std::int64_t batch() const { return batch_; }
  const TapPlan& plan() const { return plan_; }

 private:
  std::int64_t batch_;
  std::mutex mutex_;  // guards session_ and slot_
  Session session_;
  TapPlan plan_;
  std::vector<std::byte> slot_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TAPS_TARGET_RUNNER_H_
