// What the detector tells of itself, and whether what it read hangs together.
#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "estimator/monitor/drift/drift_detector.h"

namespace vigil {

// The device's first days beside calibration, in calibration's deviations.
void DriftDetector::CompareWithReference() {
  if (!options_.reference || !(options_.reference->layout == layout_)) return;
  const std::size_t scalars = signals_.size() - 1;
  for (std::size_t j = 0; j < scalars; ++j) {
    double level = 0.0, blocks = 0.0;
    for (std::size_t slot = 0; slot < baseline_.levels.blocks.size(); ++slot) {
      level += baseline_.levels.blocks[slot] * baseline_.levels.signals[slot * scalars + j];
      blocks += baseline_.levels.blocks[slot];
    }
    level /= std::max(1.0, blocks);
    const DriftScale& reference = options_.reference->scale;
    const double here = scale_.mean[j] + level * scale_.deviation[j];
    const double effect = (here - reference.mean[j]) / reference.deviation[j];
    if (std::abs(effect) < 0.5) continue;
    from_reference_.push_back({signals_[j].name, reference.mean[j], here, effect, 0.0, 1.0});
  }
  std::ranges::stable_sort(from_reference_, std::greater{},
                           [](const SignalChange& change) { return std::abs(change.effect); });
  if (from_reference_.size() > DriftEvent::kMaxSignals)
    from_reference_.resize(DriftEvent::kMaxSignals);
}

void DriftDetector::FinishReading() {
  const std::size_t scalars = signals_.size() - 1, bins = binned_.size() * kDriftBins;
  bool fits = baseline_.Fits(slots_, scalars, RandomFeatures::kFeatures) &&
              baseline_.levels.bins.size() == bins && distances_.size() == binned_.size() &&
              sums_.size() == signals_.size() &&
              (scale_.mean.empty() == (phase_ == Phase::kScale)) &&
              (scale_.edges.empty() || scale_.edges.size() == binned_.size() * kDriftEdges);
  if (!scale_.mean.empty()) {
    fits = fits && scale_.mean.size() == scalars && scale_.deviation.size() == scalars &&
           scale_.vector_mean.size() == VectorSize(layout_) &&
           scale_.vector_deviation.size() == VectorSize(layout_);
  }
  for (const OpenBlock& block : open_blocks_)
    fits = fits && block.signals.size() == scalars &&
           block.features.size() == RandomFeatures::kFeatures;
  for (const BlockMeans& block : means_)
    fits = fits && block.signals.size() == scalars &&
           block.features.size() == RandomFeatures::kFeatures && baseline_.Knows(block.index);
  for (const DayBins& day : days_) fits = fits && day.bins.size() == bins;
  // An event that was taken up again has no recent block yet.
  if (tracker_.open()) fits = fits && !events_.empty();
  fits = fits && tracker_.Fits(slots_, signals_.size(), RandomFeatures::kFeatures);
  if (!fits) {
    throw Error(Fault::kInput, ErrorCode::kMalformed,
                "state of the drift monitor: its lengths do not fit its layout");
  }
  SetBounds();
  CompareRecent();
}

DriftSummary DriftDetector::Summary() const {
  DriftSummary summary;
  summary.watching = phase_ == Phase::kWatch;
  summary.baseline_days = options_.baseline_days;
  summary.false_alarms_a_year = options_.false_alarms_a_year;
  summary.first_micros = first_block_ < 0 ? 0 : MicrosOf(first_block_);
  summary.last_micros = newest_ < 0 ? 0 : MicrosOf(newest_ + 1);
  summary.records = records_;
  summary.passed_over = passed_over_;
  summary.events = events_;
  // One that goes on after another that interrupted it stands behind it.
  std::ranges::stable_sort(summary.events, {}, &DriftEvent::start_micros);
  summary.from_reference = from_reference_;
  return summary;
}

}  // namespace vigil
