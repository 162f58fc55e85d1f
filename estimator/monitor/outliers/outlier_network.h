// An autoencoder compiled for one batch size, its outputs by name.
#ifndef VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_NETWORK_H_
#define VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_NETWORK_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/session/session.h"
#include "estimator/monitor/outliers/outlier_scorer.h"

namespace vigil {

// Externally synchronised. Compiled by the first Run, or by Prepare.
class OutlierNetwork {
 public:
  // The session's graph is one of BuildAutoencoder. REQUIRES: batch >= 1.
  OutlierNetwork(Session session, std::int64_t batch);

  std::int64_t batch() const { return batch_; }
  const Session& session() const { return session_; }
  void Prepare() { session_.Prepare(batch_); }
  // What was compiled and allocated for the old size is freed.
  void SetBatch(std::int64_t batch);

  // Taps in the order of the metadata, float32, of this batch. Report and errors as Session::Run.
  RunReport Run(std::span<const ConstTensorView> taps);
  // Of the last run. Valid until the next. REQUIRES: 0 <= row < batch().
  OutlierOutputs Row(std::int64_t row) const;

 private:
  void Allocate();
  std::span<const float> RowOf(std::string_view output, std::int64_t row) const;

  Session session_;
  std::int64_t batch_;
  std::vector<Tensor> outputs_;  // in the graph's order
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_NETWORK_H_
