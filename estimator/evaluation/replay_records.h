// Images as the records that replay is made from and judged on.
#ifndef VIGIL_ESTIMATOR_EVALUATION_REPLAY_RECORDS_H_
#define VIGIL_ESTIMATOR_EVALUATION_REPLAY_RECORDS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "estimator/evaluation/judged_models.h"
#include "estimator/evaluation/replay_generator.h"
#include "estimator/evaluation/tapped_batches.h"
#include "estimator/monitor/outliers/outlier_network.h"

namespace vigil {

// T and an autoencoder. Not thread-safe.
class ReplayEncoder {
 public:
  // `monitor` carries its metadata and reads the same taps as PE. Throws Error (Model,
  // kInvalidValue) for one of other taps or without a decoder; as ReadOutlierMetadata and
  // Backend::Compile.
  ReplayEncoder(const JudgedModels& models, const Graph& monitor,
                const std::shared_ptr<Backend>& backend);
  // `data` gives crops of T's input size; `on_batch` hears how many samples are done. Errors as
  // ForEachTappedBatch.
  std::vector<ReplayRecord> Run(const Dataset& data,
                                const std::function<void(std::int64_t)>& on_batch = {});

 private:
  static constexpr std::int64_t kBatch = 16;

  const JudgedModels& models_;
  TargetRunner target_;
  OutlierNetwork network_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_REPLAY_RECORDS_H_
