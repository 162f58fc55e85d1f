// Drift over the records of a device, in the idle pass (SOURCES.md G1, G6).
#ifndef VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_MONITOR_H_
#define VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_MONITOR_H_

#include <memory>
#include <string>
#include <string_view>

#include "estimator/monitor/drift/drift_detector.h"
#include "estimator/verdict/stream_monitor.h"

namespace vigil {

// Reads features off records and verdicts, and gives them to a DriftDetector. Where T, PE or what
// records hold changes (20 such records in a row), events that go on are closed as `replaced`, and
// a new baseline is begun; single ones are passed over. Some microseconds a record.
class DriftMonitor final : public StreamMonitor {
 public:
  // Throws as CheckDriftOptions. `classes`: T's outputs are of classes.
  DriftMonitor(DriftOptions options, bool classes);

  std::string_view name() const override { return kName; }
  void Observe(const Record& record, const Verdict& verdict) override;
  std::string Save() const override;  // at most some 20 KiB
  // A state with blocks of another length is the beginning, too.
  void Restore(std::string_view state) override;

  DriftSummary Summary() const;

  static constexpr std::string_view kName = "drift";
  static constexpr const char* kNote = "monitor.drift";  // of the store, that holds the state
  static constexpr std::int64_t kMisfitsToRestart = 20;

 private:
  bool Fits(const Record& record, const Verdict& verdict);

  const DriftOptions options_;
  const bool classes_;
  std::uint64_t model_hash_ = 0, estimator_hash_ = 0;
  std::int64_t passed_over_ = 0, misfits_ = 0;
  std::unique_ptr<DriftDetector> detector_;  // none: no record yet
  DriftFeatures features_;
};

// What a state that Save gave tells; empty text: what a monitor that saw nothing tells. Throws
// Error (Input, kMalformed).
DriftSummary ReadDriftSummary(std::string_view state);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_MONITOR_H_
