// The life of an event: from an alarm until the old state is back or the new one is normal.
#ifndef VIGIL_ESTIMATOR_MONITOR_DRIFT_EVENT_TRACKER_H_
#define VIGIL_ESTIMATOR_MONITOR_DRIFT_EVENT_TRACKER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "estimator/monitor/drift/attribution.h"
#include "estimator/monitor/drift/drift_baseline.h"
#include "estimator/monitor/drift/drift_scale.h"

namespace vigil {

// The newest blocks that were compared with the baseline, at most two days of them.
using RecentBlocks = std::vector<BlockResiduals>;

struct DriftAlarm {
  std::string detector;
  std::size_t signal = 0;  // that gave it
  std::int64_t since = 0;  // block from which its run goes
  std::int64_t block = 0;  // now
};

// Effects, scores and corrected p-values of every signal over these blocks. REQUIRES: blocks.
std::vector<MeasuredSignal> Measure(std::span<const BlockResiduals> blocks,
                                    const DriftBaseline& baseline, const DriftScale& scale,
                                    std::span<const SignalInfo> signals);

// At most one event is open. While it is, the baseline rests; what is stored of it is its strongest
// day. It closes in one of two ways:
// - the old state is back: the levels of a day show hardly any of what had moved;
// - it has settled: for days no level moved on. The baseline is then taken at the new levels, the
//   event is `lasting`, and later events are told from there. An alarm that goes along the lasting
//   event's own direction is that event again (it goes on growing, or the old state returns), and
//   the old baseline is put back to see which; any other alarm is another event.
// Something much stronger that goes another way ends it too, and is the next event; within the
// first day it is this one, of which only the beginning was seen.
class EventTracker {
 public:
  bool open() const { return open_; }
  // Whether what was read is of so many signals.
  bool Fits(std::size_t signals) const {
    return (peak_.empty() || peak_.size() == signals) && signal_ < signals &&
           (first_day_.empty() || first_day_.size() == signals);
  }
  void OnAlarm(const DriftAlarm& alarm, RecentBlocks& recent, DriftBaseline& baseline,
               const DriftScale& scale, std::span<const SignalInfo> signals,
               std::vector<DriftEvent>& events);
  // After each block while open. True where the event closed: recent blocks and sums start anew.
  bool OnBlock(RecentBlocks& recent, DriftBaseline& baseline, const DriftScale& scale,
               std::span<const SignalInfo> signals, std::vector<DriftEvent>& events);

  double settle_days = 3.0;
  double block_seconds = 21600.0;
  AttributionOptions attribution;

  template <typename Archive>
  void Visit(Archive& archive) {
    archive(open_, lasting_, start_, opened_, peak_block_, back_since_, signal_, strength_, peak_,
            first_day_, before_);
  }

 private:
  std::int64_t Micros(std::int64_t block) const;
  // Part of the event's strongest state that these blocks show: 1 all, 0 none.
  double PartOf(std::span<const BlockResiduals> blocks) const;
  double PartDeviation(std::span<const BlockResiduals> blocks, const DriftBaseline& baseline) const;
  void Update(const RecentBlocks& recent, const DriftBaseline& baseline, const DriftScale& scale,
              std::span<const SignalInfo> signals, DriftEvent& event);
  bool Overtaken(const RecentBlocks& recent, const DriftBaseline& baseline, const DriftScale& scale,
                 std::span<const SignalInfo> signals, std::size_t& by) const;
  void Open(const DriftAlarm& alarm, std::int64_t start, RecentBlocks& recent,
            DriftBaseline& baseline, const DriftScale& scale, std::span<const SignalInfo> signals,
            std::vector<DriftEvent>& events);
  bool Resume(const DriftAlarm& alarm, std::int64_t start, RecentBlocks& recent,
              DriftBaseline& baseline, const DriftScale& scale, std::span<const SignalInfo> signals,
              std::vector<DriftEvent>& events);
  bool Returned(const RecentBlocks& recent, const DriftBaseline& baseline,
                std::int64_t& from) const;
  bool Settled(const RecentBlocks& recent, const DriftBaseline& baseline) const;

  bool open_ = false;     // events.back() is under way
  bool lasting_ = false;  // events.back() has settled, and before_ is what was before it
  std::int64_t start_ = 0, opened_ = 0, peak_block_ = 0;
  std::int64_t back_since_ = -1;  // block from which a lasting event went back
  std::uint32_t signal_ = 0;      // that gave the alarm
  double strength_ = 0.0;         // sum of squares of peak_
  std::vector<float> peak_;       // effects of what moved at its strongest day, else 0
  std::vector<float> first_day_;  // residuals
  DriftLevels before_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_DRIFT_EVENT_TRACKER_H_
