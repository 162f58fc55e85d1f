// The evaluator of a device: the store's only reader, PE, and the scheduler between them.
#ifndef VIGIL_ESTIMATOR_DAEMON_DEVICE_SERVICE_H_
#define VIGIL_ESTIMATOR_DAEMON_DEVICE_SERVICE_H_

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/base/clock.h"
#include "estimator/daemon/config.h"
#include "estimator/idle/scheduler.h"
#include "estimator/monitor/robustness/competence.h"
#include "estimator/report/device_report.h"
#include "estimator/service/estimation_pass.h"
#include "estimator/store/keys.h"
#include "estimator/verdict/estimator_metadata.h"

namespace vigil {

struct ServiceStatus {
  SchedulerStatus scheduler;
  StoreStats store;
  std::string backend;      // "cpu (...), fp32"
  std::string idle_policy;  // in words
  std::string estimator;    // file name
  std::chrono::nanoseconds up{0};
  bool hangs = false;  // the scheduler's thread is much later than it said
};

// Opens everything in its constructor, so that a configuration that cannot work says so before an
// older service stops; runs between Start and Stop. PE is compiled when it is first idle.
//
// Start, Stop and Tick on one thread; the rest from any.
class DeviceService {
 public:
  // The keys are made where they are missing; a damaged store is salvaged (SalvageStore). `root` is
  // where the idle signals are read below. Throws Error as Store, ReadOrMakeKeys, ActivityPage,
  // ImportOnnx, ReadEstimatorMetadata and OpenBackend do.
  explicit DeviceService(ServiceConfig config, const Clock& clock = SystemClock(),
                         const std::string& root = "/");
  ~DeviceService();  // stops

  void Start();
  // Returns when PE's chunk at work has ended, with what it judged stored; writes down how the time
  // was spent.
  void Stop();
  // About once a second: logs a changed reason, runs what alerts ask for, and every minute writes
  // down how the time was spent. What the store refuses is logged, and tried again.
  void Tick();

  // Somebody took the activity page away: what T's processes write now is another file, and only a
  // service that is made anew sees it.
  bool PageIsGone() const { return !activity_->IsAt(config_.activity_page); }

  // Cheap; Status asks the store as well.
  SchedulerStatus scheduler() const { return scheduler_->status(); }
  bool Hangs(const SchedulerStatus& status) const;
  ServiceStatus Status();
  // At most kReportAge old.
  std::shared_ptr<const DeviceReport> Report();
  static constexpr std::chrono::seconds kReportAge{30};

  Store& store() { return *store_; }
  // What the scores in its verdicts are made by; null where PE's file does not say.
  const Competence* competence() const { return competence_ ? &*competence_ : nullptr; }
  const ServiceConfig& config() const { return config_; }

 private:
  std::shared_ptr<Store> OpenStore();
  PassParts MakeParts(const Graph& estimator);
  void RestoreBudget();
  void WriteDownTimes();
  void LogReason(const SchedulerStatus& status);
  void CheckAlerts();
  IdleWork CountedWork();  // the pass's, with its failures counted

  const ServiceConfig config_;
  const Clock& clock_;
  const std::chrono::nanoseconds started_;
  std::shared_ptr<Store> store_;
  std::shared_ptr<Backend> backend_;
  EstimatorMetadata metadata_;
  std::uint64_t estimator_hash_ = 0;
  std::optional<Competence> competence_;  // set by the constructor
  IncidentJournal journal_;
  std::unique_ptr<ActivityPage> activity_;
  std::unique_ptr<SystemSignals> signals_;
  std::unique_ptr<EstimationPass> pass_;
  std::unique_ptr<IdleScheduler> scheduler_;

  // Of Tick's thread.
  Blocker logged_ = Blocker::kNone;
  SchedulerState logged_state_ = SchedulerState::kStopped;
  std::string logged_error_;
  std::chrono::nanoseconds written_{0}, alerts_checked_{0};
  std::int64_t alerts_at_judged_ = -1;
  std::vector<IdleTime> unwritten_;

  std::mutex report_mutex_;  // guards what follows; held while a report is made
  std::shared_ptr<const DeviceReport> report_;
  std::chrono::nanoseconds report_made_{0};
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DAEMON_DEVICE_SERVICE_H_
