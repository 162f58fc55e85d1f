#include "estimator/monitor/drift/drift_monitor.h"

#include <utility>

#include "engine/base/error.h"
#include "engine/base/log.h"
#include "engine/base/text.h"
#include "estimator/monitor/drift/state_archive.h"

namespace vigil {
namespace {

constexpr const char* kKind = "vigil.drift/2";

// What stands before a detector's state.
struct Header {
  std::int64_t block_hours = 0;
  double baseline_days = 0.0, false_alarms_a_year = 0.0;
  std::uint64_t model_hash = 0, estimator_hash = 0;
  std::int64_t passed_over = 0, misfits = 0;
  std::optional<DriftLayout> layout;  // none: no detector follows

  template <typename Archive>
  void Visit(Archive& archive) {
    archive(block_hours, baseline_days, false_alarms_a_year, model_hash, estimator_hash,
            passed_over, misfits, layout);
  }
};

// The model's reference may know of monitors that this device does not run.
std::unique_ptr<DriftDetector> MakeDetector(const DriftLayout& layout,
                                            const DriftOptions& options) {
  DriftOptions fitting = options;
  if (options.reference) fitting.reference = NarrowedTo(*options.reference, layout);
  return std::make_unique<DriftDetector>(layout, fitting);
}

std::unique_ptr<DriftDetector> ReadDetector(StateReader& reader, const Header& header,
                                            const DriftOptions& options) {
  std::unique_ptr<DriftDetector> detector;
  if (header.layout) {
    detector = MakeDetector(*header.layout, options);
    reader(*detector);
    detector->FinishReading();
  }
  reader.Close();
  return detector;
}

}  // namespace

DriftMonitor::DriftMonitor(DriftOptions options, bool classes)
    : options_(std::move(options)), classes_(classes) {
  CheckDriftOptions(options_);
}

bool DriftMonitor::Fits(const Record& record, const Verdict& verdict) {
  const DriftLayout layout = LayoutOf(record, verdict, classes_);
  if (detector_ && record.model_hash == model_hash_ && verdict.estimator_hash == estimator_hash_ &&
      layout == detector_->layout()) {
    misfits_ = 0;
    return true;
  }
  if (detector_ && ++misfits_ < kMisfitsToRestart) {
    ++passed_over_;
    return false;
  }
  auto detector = MakeDetector(layout, options_);
  if (detector_) {
    for (DriftEvent& event : detector_->events()) {
      if (event.ongoing()) {
        event.ended_micros = record.time_micros;
        event.replaced = true;
      }
      detector->events().push_back(std::move(event));
    }
  }
  detector_ = std::move(detector);
  model_hash_ = record.model_hash;
  estimator_hash_ = verdict.estimator_hash;
  misfits_ = 0;
  return true;
}

void DriftMonitor::Observe(const Record& record, const Verdict& verdict) {
  if (!Fits(record, verdict)) return;
  if (!ReadFeatures(record, verdict, detector_->layout(), features_)) {
    ++passed_over_;
    return;
  }
  detector_->Add(record.time_micros, features_);
}

std::string DriftMonitor::Save() const {
  Header header{.block_hours = options_.block.count(),
                .baseline_days = options_.baseline_days,
                .false_alarms_a_year = options_.false_alarms_a_year,
                .model_hash = model_hash_,
                .estimator_hash = estimator_hash_,
                .passed_over = passed_over_,
                .misfits = misfits_};
  if (detector_) header.layout = detector_->layout();
  StateWriter writer;
  writer(header);
  if (detector_) writer(*detector_);
  return writer.Close(kKind);
}

void DriftMonitor::Restore(std::string_view state) {
  detector_.reset();
  passed_over_ = misfits_ = 0;
  if (state.empty()) return;
  try {
    StateReader reader(state, kKind);
    Header header;
    reader(header);
    if (header.block_hours != options_.block.count()) {
      Log(LogLevel::kWarning,
          Text("drift: the state has blocks of ", header.block_hours, " hours, now ",
               options_.block.count(), " are asked for: a new baseline is begun"));
      return;
    }
    detector_ = ReadDetector(reader, header, options_);
    model_hash_ = header.model_hash;
    estimator_hash_ = header.estimator_hash;
    passed_over_ = header.passed_over;
    misfits_ = header.misfits;
  } catch (const Error& error) {
    Log(LogLevel::kWarning, Text("drift: a new baseline is begun: ", error.what()));
    detector_.reset();
  }
}

DriftSummary DriftMonitor::Summary() const {
  DriftSummary summary;
  if (detector_) summary = detector_->Summary();
  summary.baseline_days = options_.baseline_days;
  summary.false_alarms_a_year = options_.false_alarms_a_year;
  summary.passed_over += passed_over_;
  return summary;
}

DriftSummary ReadDriftSummary(std::string_view state) {
  if (state.empty()) return {};
  StateReader reader(state, kKind);
  Header header;
  reader(header);
  DriftOptions options;
  options.block = std::chrono::hours(header.block_hours);
  options.baseline_days = header.baseline_days;
  options.false_alarms_a_year = header.false_alarms_a_year;
  CheckDriftOptions(options);
  const auto detector = ReadDetector(reader, header, options);
  DriftSummary summary;
  if (detector) summary = detector->Summary();
  summary.baseline_days = header.baseline_days;
  summary.false_alarms_a_year = header.false_alarms_a_year;
  summary.passed_over += header.passed_over;
  return summary;
}

}  // namespace vigil
