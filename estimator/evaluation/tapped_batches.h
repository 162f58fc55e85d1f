// Images through T, batch by batch, with what it would keep of them.
#ifndef VIGIL_ESTIMATOR_EVALUATION_TAPPED_BATCHES_H_
#define VIGIL_ESTIMATOR_EVALUATION_TAPPED_BATCHES_H_

#include <functional>
#include <span>
#include <vector>

#include "estimator/data/dataset.h"
#include "estimator/taps/target_runner.h"

namespace vigil {

struct TappedBatch {
  std::span<const Sample> samples;  // at most the runner's batch; rows beyond hold old images
  std::span<const Tensor> taps;     // of the whole batch, in the order of T's taps
  std::span<const ConstTensorView> views;  // of the same, as a network wants its inputs
  const Tensor& output;                    // T's

  // T's output for one of the samples.
  std::span<const float> OutputRow(std::size_t row) const;
};

// `data` gives crops of T's input size. Errors as Dataset::Get and TargetRunner::Run.
void ForEachTappedBatch(const Dataset& data, TargetRunner& target,
                        const Normalisation& normalisation,
                        const std::function<void(const TappedBatch&)>& use);

// The same batches kept, their taps encoded and their images gone, so that T runs once for all that
// is fitted on them. Immutable.
class TappedSet {
 public:
  // `target` outlives this. `on_batch` hears how many samples are done. Errors as
  // ForEachTappedBatch.
  TappedSet(const Dataset& data, TargetRunner& target, const Normalisation& normalisation,
            const std::function<void(std::int64_t)>& on_batch = {});
  std::int64_t size() const { return size_; }
  std::int64_t batch() const { return target_.batch(); }
  void ForEach(const std::function<void(const TappedBatch&)>& use) const;

 private:
  struct Batch {
    std::vector<Sample> samples;
    TargetRunner::Kept kept;
  };
  const TargetRunner& target_;
  std::vector<Batch> batches_;
  std::int64_t size_ = 0;
};

// T's taps of one sample, each by PoolChannels, one after the other.
std::vector<float> PooledTaps(const TappedBatch& batch, std::size_t row);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_TAPPED_BATCHES_H_
