// Drift in a stream of features: baseline, sequential test, two-sample test, events.
#ifndef VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_DETECTOR_H_
#define VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_DETECTOR_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "estimator/monitor/drift/drift_reference.h"
#include "estimator/monitor/drift/drift_statistics.h"
#include "estimator/monitor/drift/event_tracker.h"
#include "estimator/monitor/drift/random_features.h"

namespace vigil {

struct DriftOptions {
  // What is drawn as a unit. Minutes hold too few records and are too much alike from one to the
  // next; blocks of six hours tell the times of a day apart. 1 to 24, dividing a day.
  std::chrono::hours block{6};
  // The device's own first days, that later ones are compared with. One more day goes before, to
  // find the signals' scales: calibration's are wider, since it spoils images on purpose, and its
  // quantiles lie where a device's records may crowd.
  double baseline_days = 7.0;
  double false_alarms_a_year = 2.0;  // of the device, over all signals and both tests
  double settle_days = 3.0;          // that an event must stand still to be the new normal
  std::int64_t min_records = 5;      // a block of fewer says nothing
  AttributionOptions attribution;
  // Of the model; where its layout fits. The device's first days are told beside it.
  std::optional<DriftReference> reference;
};

// Throws Error (Api, kInvalidValue) naming the option.
void CheckDriftOptions(const DriftOptions& options);

// Two tests on blocks of time, against the level of their time of day (a daily cycle is no drift):
// - Page's cumulative sum of every signal's score, up and down, at each block. It has nine tenths
//   of the false alarms that are allowed, shared out evenly. A block counts at most a little more
//   than half of what an alarm takes, so no single one gives it.
// - at the end of each day, this day and the last two against the baseline: Kolmogorov and
//   Smirnov's on the bins of each signal that varies by record, the maximum mean discrepancy of the
//   vector, corrected by Holm. It finds what changes in shape and not in mean; of one statistic,
//   whose records are worth no more than its blocks are, only what is gross.
// What follows an alarm: event_tracker.h.
//
// A record may come late by up to an hour, the longest epoch. Later ones, and ones that lie more
// than 30 days ahead, are passed over; after 200 in a row that lie so far ahead or two days behind,
// the clock was set or the device was off, and a new baseline is begun there. Memory is bounded.
// Externally synchronised.
class DriftDetector {
 public:
  // REQUIRES: CheckDriftOptions.
  DriftDetector(const DriftLayout& layout, const DriftOptions& options);

  // Changes `features` (to standardised ones).
  void Add(std::int64_t time_micros, DriftFeatures& features);

  const DriftLayout& layout() const { return layout_; }
  // Appends nothing to the events that are given in; those of before stand first.
  DriftSummary Summary() const;
  std::vector<DriftEvent>& events() { return events_; }

  // Reading throws as StateReader; FinishReading after it. REQUIRES for reading: the same layout
  // and block as when it was written.
  template <typename Archive>
  void Visit(Archive& archive) {
    archive(phase_, first_block_, closed_through_, newest_, records_, passed_over_, strays_,
            scale_builder_, scale_, baseline_, tracker_, open_blocks_, means_, sums_, days_,
            events_, from_reference_, distances_, distance_days_);
  }

  // Throws Error (Input, kMalformed) where what was read does not hang together.
  void FinishReading();

  static constexpr std::int64_t kStraysToRestart = 200;
  static constexpr double kSequentialShare = 0.9;  // of the false alarms
  static constexpr double kDaysInAYear = 365.25;

 private:
  static constexpr std::int64_t kWindowDays = 2;  // of the two-sample test, at most
  enum class Phase : std::uint8_t { kScale, kBaseline, kWatch };
  struct OpenBlock {
    std::int64_t index = 0, records = 0;
    std::vector<double> signals;
    std::vector<float> features;
    template <typename Archive>
    void Visit(Archive& archive) {
      archive(index, records, signals, features);
    }
  };
  struct DayBins {
    std::int64_t day = 0;
    std::vector<std::uint32_t> bins;
    template <typename Archive>
    void Visit(Archive& archive) {
      archive(day, bins);
    }
  };

  std::int64_t BlockOf(std::int64_t time_micros) const;
  std::int64_t MicrosOf(std::int64_t block) const;
  bool IsStray(std::int64_t block);
  void Begin();
  void SetBounds();
  void AddToScale(std::int64_t block, const DriftFeatures& features);
  void AddToBlock(std::int64_t block, const DriftFeatures& features);
  void CloseBlocks(std::int64_t time_micros);
  void Close(const OpenBlock& block);
  void CloseBaseline(std::int64_t block);
  void Watch(const BlockMeans& means);
  void Learn(const BlockResiduals& block);
  void StartAnew();
  void Forget();
  void CompareRecent();
  std::optional<DriftAlarm> SequentialAlarm(const BlockResiduals& block);
  std::optional<DriftAlarm> TwoSampleAlarm(std::int64_t block) const;
  // Of the `days` before `today`.
  std::optional<DriftAlarm> TwoSampleAlarm(std::int64_t today, std::int64_t days) const;
  void CountBins(std::int64_t block, const DriftFeatures& features);
  void RetireDays(std::int64_t day);
  void CompareWithReference();
  void LearnDistances(const DayBins& day);
  // How many records of one day are worth one that is independent, by how far quiet days' bins lay
  // from the baseline.
  double Alikeness(std::size_t binned) const;

  const DriftLayout layout_;
  const DriftOptions options_;
  const std::vector<SignalInfo> signals_;
  const std::vector<std::size_t> binned_;  // signals
  const RandomFeatures random_features_;
  const std::int64_t slots_;
  std::vector<double> limits_;  // of the cumulative sums
  double furthest_ = 0.0;       // that a block's score counts

  Phase phase_ = Phase::kScale;
  std::int64_t first_block_ = -1;     // of this phase
  std::int64_t closed_through_ = -1;  // blocks up to here take no more records
  std::int64_t newest_ = -1;          // block
  std::int64_t records_ = 0, passed_over_ = 0, strays_ = 0;
  ScaleBuilder scale_builder_;
  DriftScale scale_;
  DriftBaseline baseline_;
  EventTracker tracker_;
  std::vector<OpenBlock> open_blocks_;  // by index
  std::vector<BlockMeans> means_;       // of the newest two days' blocks
  RecentBlocks recent_;                 // what they are beside the baseline; not in the state
  std::vector<CumulativeSum> sums_;
  std::vector<DayBins> days_;  // the newest, at most three
  std::vector<DriftEvent> events_;
  std::vector<SignalChange> from_reference_;
  std::vector<double> distances_;  // by binned signal, of quiet days: squares, in Kolmogorov's unit
  std::int64_t distance_days_ = 0;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_DETECTOR_H_
