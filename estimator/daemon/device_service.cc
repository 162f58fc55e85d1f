#include "estimator/daemon/device_service.h"

#include <algorithm>
#include <cstdio>

#include "engine/base/log.h"
#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "engine/session/backends.h"
#include "engine/session/precision.h"
#include "estimator/daemon/alert_command.h"
#include "estimator/daemon/notify.h"
#include "estimator/daemon/target_check.h"
#include "estimator/models/model_files.h"
#include "estimator/models/task.h"
#include "estimator/store/salvage.h"
#include "estimator/store/sealed_codec.h"

namespace vigil {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kWriteDownEvery = std::chrono::minutes(1);
constexpr nanoseconds kLookAtAlertsEvery = std::chrono::minutes(1);
// A chunk that takes longer has hung; the slowest backend takes seconds.
constexpr nanoseconds kHangsAfter = std::chrono::minutes(10);
constexpr std::int64_t kHourMicros = 3'600'000'000;
constexpr mode_t kPageMode = 0660;  // T's processes write it too

constexpr const char* kWorkedNote = "worked_today";

std::string AlertNote(const std::string& rule) { return "alert." + rule; }

}  // namespace

DeviceService::DeviceService(ServiceConfig config, const Clock& clock, const std::string& root)
    : config_(std::move(config)), clock_(clock), started_(clock.Monotonic()), journal_(clock) {
  const Graph estimator = LoadOnnx(config_.estimator);
  metadata_ = ReadEstimatorMetadata(estimator);
  estimator_hash_ = EstimatorHash(metadata_, config_.estimator);
  backend_ =
      OpenBackend(config_.backend == "auto" && config_.device >= 0 ? "vulkan" : config_.backend,
                  config_.device, DefaultPipelineCache());

  store_ = OpenStore();

  activity_ = std::make_unique<ActivityPage>(config_.activity_page, true, clock_, kPageMode);
  signals_ = std::make_unique<SystemSignals>(
      activity_.get(), clock_, root,
      config_.idle.only_without_user ? UserSignal(UserIsActive) : UserSignal());
  PassParts parts = MakeParts(estimator);
  pass_ = std::make_unique<EstimationPass>(store_, std::move(parts.evaluators),
                                           std::move(parts.streams), &journal_);
  scheduler_ = std::make_unique<IdleScheduler>(config_.idle, *signals_, CountedWork(), clock_);
  RestoreBudget();
}

DeviceService::~DeviceService() { Stop(); }

// A device has nobody who would look into a damaged file: what can be had of it goes on, and the
// rest is told.
std::shared_ptr<Store> DeviceService::OpenStore() {
  StoreOptions options = config_.store;
  options.codec = OpeningCodec(ReadOrMakeKeys(config_.secret_key, config_.public_key));
  try {
    return std::make_shared<Store>(config_.store_path, options, clock_);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kMalformed) throw;
    Log(LogLevel::kError, error.what());
    journal_.Count(error, "store");
  }
  const SalvageReport report = SalvageStore(config_.store_path, options);
  Log(LogLevel::kError,
      Text("salvaged ", report.records, " records and ", report.verdicts, " verdicts of it, lost ",
           report.lost_records.size() + static_cast<std::size_t>(report.lost_without_id),
           " records and ", report.lost_verdicts, " verdicts; the damaged file is ",
           report.damaged));
  return std::make_shared<Store>(config_.store_path, options, clock_);
}

PassParts DeviceService::MakeParts(const Graph& estimator) {
  PassBackend with{.backend = backend_, .fallback = [] { return OpenBackend("cpu"); }};
  with.compile.low_priority = true;
  with.compile.threads = config_.threads;
  // On a CPU the kernel takes PE's thread away whenever T wants its time.
  if (backend_->name() == "vulkan") with.evaluator.longest_run = config_.longest_run;
  with.evaluator.on_device_failure = [this](std::string_view evaluator, const Error& error) {
    journal_.Count(error, evaluator);
  };
  PassParts parts = MakePassParts(estimator, estimator_hash_, with, config_.monitors);
  if (!config_.target.empty()) {
    parts.evaluators.insert(parts.evaluators.begin(),
                            std::make_unique<TargetCheck>(HashModelFile(config_.target)));
  }
  // For those who read flags (vigil_reader).
  competence_ = parts.competence;
  const std::string beyond = competence_ ? CompetenceToJson(*competence_) : std::string();
  if (store_->Note(kBeyondNote) != beyond) store_->PutNote(kBeyondNote, beyond);
  return parts;
}

IdleWork DeviceService::CountedWork() {
  IdleWork work = pass_->Work();
  work.run = [this, run = std::move(work.run)](int max_records,
                                               const std::function<bool()>& should_yield) {
    try {
      return run(max_records, should_yield);
    } catch (const Error& error) {
      journal_.Count(error, "idle work");
      throw;
    }
  };
  return work;
}

void DeviceService::RestoreBudget() {
  int day = 0;
  double seconds = 0.0;
  if (std::sscanf(store_->Note(kWorkedNote).c_str(), "%d %lf", &day, &seconds) == 2)
    scheduler_->RestoreWorkedToday(day, nanoseconds(static_cast<std::int64_t>(seconds * 1e9)));
}

void DeviceService::Start() { scheduler_->Start(); }

void DeviceService::Stop() {
  scheduler_->Stop();
  try {
    WriteDownTimes();
  } catch (const Error& error) {
    Log(LogLevel::kWarning, Text("how PE's time was spent is not written down: ", error.what()));
  }
}

void DeviceService::WriteDownTimes() {
  journal_.StoreInto(*store_);
  const std::int64_t hour = StretchStart(clock_.WallMicros(), kHourMicros);
  for (const SpentTime& spent : scheduler_->TakeSpentTimes()) {
    unwritten_.push_back({hour, std::string(StateName(spent.doing)),
                          std::string(BlockerName(spent.why)),
                          std::chrono::duration<double>(spent.time).count(), spent.records});
  }
  if (unwritten_.empty()) return;
  store_->AddIdleTimes(unwritten_);
  unwritten_.clear();
  const SchedulerStatus status = scheduler_->status();
  store_->PutNote(kWorkedNote, Text(status.local_day, " ",
                                    std::chrono::duration<double>(status.worked_today).count()));
}

void DeviceService::LogReason(const SchedulerStatus& status) {
  if (status.blocker != logged_ || status.state != logged_state_) {
    Log(LogLevel::kInfo, Text("PE is ", StateName(status.state), ": ", status.reason));
    logged_ = status.blocker;
    logged_state_ = status.state;
  }
  if (status.last_error != logged_error_) {
    Log(LogLevel::kError, Text("PE failed: ", status.last_error));
    logged_error_ = status.last_error;
  }
}

void DeviceService::CheckAlerts() {
  if (config_.alerts.empty()) return;
  const std::int64_t judged = pass_->judged();
  if (judged == alerts_at_judged_) return;
  const std::shared_ptr<const DeviceReport> report = Report();
  for (const AlertState& state : report->alerts) {
    const std::string name = AlertNote(state.rule.name);
    const std::string now = state.firing ? "firing" : "";
    if (store_->Note(name) == now) continue;
    store_->PutNote(name, now);
    Log(state.firing ? LogLevel::kWarning : LogLevel::kInfo,
        Text("alert '", state.rule.name, "' ", state.firing ? "fires: " : "is over: ", state.line));
    const auto configured = std::ranges::find(
        config_.alerts, state.rule.name, [](const AlertConfig& alert) { return alert.rule.name; });
    if (configured != config_.alerts.end()) {
      if (const std::string failure = RunAlertCommand(configured->command, state); !failure.empty())
        journal_.Count(Fault::kApi, ErrorCode::kIo, "alert command", failure);
    }
  }
  alerts_at_judged_ = judged;
}

void DeviceService::Tick() {
  LogReason(scheduler_->status());
  for (const std::string& failure : ReapAlertCommands())
    journal_.Count(Fault::kApi, ErrorCode::kIo, "alert command", failure);
  const nanoseconds now = clock_.Monotonic();
  try {
    if (now - written_ >= kWriteDownEvery) {
      written_ = now;
      WriteDownTimes();
    }
    if (now - alerts_checked_ >= kLookAtAlertsEvery) {
      alerts_checked_ = now;
      CheckAlerts();
    }
  } catch (const std::exception& error) {
    Log(LogLevel::kWarning, error.what());
  }
}

ServiceStatus DeviceService::Status() {
  ServiceStatus status;
  status.scheduler = scheduler_->status();
  status.store = store_->Stats();
  status.backend = Describe(*backend_);
  status.idle_policy = Describe(config_.idle);
  status.estimator = config_.estimator.filename().string();
  status.up = clock_.Monotonic() - started_;
  status.hangs = Hangs(status.scheduler);
  return status;
}

bool DeviceService::Hangs(const SchedulerStatus& status) const {
  return status.state != SchedulerState::kStopped &&
         clock_.Monotonic() - status.next_look > kHangsAfter;
}

std::shared_ptr<const DeviceReport> DeviceService::Report() {
  const std::lock_guard lock(report_mutex_);
  const nanoseconds now = clock_.Monotonic();
  if (report_ && now - report_made_ < kReportAge) return report_;
  ReportOptions options;
  options.performance = config_.performance;
  options.alert_window = config_.window;
  for (const AlertConfig& alert : config_.alerts) {
    options.alerts.push_back(alert.rule);
    if (alert.rule.kind == AlertKind::kAccuracyBelow)
      options.advice.least_accuracy =
          std::max(options.advice.least_accuracy.value_or(0.0), alert.rule.limit);
  }
  options.estimator_hash = estimator_hash_;
  options.target_name = config_.target.filename().string();
  options.estimator_name = config_.estimator.filename().string();
  options.backend = Describe(*backend_);
  report_ = std::make_shared<DeviceReport>(
      BuildDeviceReport(*store_, metadata_.calibration ? &*metadata_.calibration : nullptr,
                        metadata_.causes, options, clock_.WallMicros()));
  report_made_ = now;
  return report_;
}

}  // namespace vigil
