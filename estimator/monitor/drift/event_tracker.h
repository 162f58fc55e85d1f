// The life of an event: from an alarm until the old state is back or the new one is normal.
#ifndef VIGIL_ESTIMATOR_MONITOR_DRIFT_EVENT_TRACKER_H_
#define VIGIL_ESTIMATOR_MONITOR_DRIFT_EVENT_TRACKER_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "estimator/monitor/drift/drift_measure.h"

namespace vigil {

struct DriftAlarm {
  std::string detector;
  std::size_t signal = 0;  // that gave it
  std::int64_t since = 0;  // block from which its run goes
  std::int64_t block = 0;  // now
};

// What an event is judged by; all of it is the detector's.
struct DriftView {
  const RecentBlocks& recent;  // compared with the baseline as it is
  DriftBaseline& baseline;
  const DriftScale& scale;
  std::span<const SignalInfo> signals;
  std::vector<DriftEvent>& events;
};

// At most one event is open. While it is, the baseline rests; what is stored of it is its strongest
// day. It closes in one of two ways:
// - the old state is back: the levels of a day show hardly any of what had moved. Where it came
//   gradually, blocks that go on showing a rest of it are its end, and no event of their own;
// - it has settled: for days no level moved on. The baseline is then taken at the new levels, the
//   event is `lasting`, and later events are told from there.
// An alarm along what has settled, or back from it, is that event again (it goes on growing, or the
// old state returns), and the old baseline is put back, with all that it knew, to see which. One
// along an event that closed days ago says that it was not over. Any other alarm is another event.
// Something much stronger that goes another way for two blocks is the next event, and where that
// one passes, this one goes on; within a day of the alarm it is this one, of which only the
// beginning was seen.
class EventTracker {
 public:
  bool open() const { return open_; }
  // Whether what was read is of so many slots, signals (the vector with them) and features.
  bool Fits(std::int64_t slots, std::size_t signals, std::size_t features) const {
    return now_.Fits(signals) && interrupted_.Fits(signals) && settled_.Fits(signals) &&
           (!lasting_ || before_.Fits(slots, signals - 1, features));
  }
  // May change the baseline: what is recent must be compared anew.
  void OnAlarm(const DriftAlarm& alarm, DriftView view);
  // After each block while open. True where the event closed: recent blocks and sums start anew.
  bool OnBlock(DriftView view);
  // Whether a block is the end of the event that has just closed, which then lasted until after it.
  bool PassOver(const BlockResiduals& block, const DriftBaseline& baseline,
                std::vector<DriftEvent>& events);

  double settle_days = 3.0;
  double block_seconds = 21600.0;
  AttributionOptions attribution;

  template <typename Archive>
  void Visit(Archive& archive) {
    archive(open_, lasting_, interrupts_, opened_, fades_until_, again_until_, now_, interrupted_,
            settled_, before_);
  }

 private:
  struct Shape {
    std::int64_t start = 0, peak_block = 0;
    std::uint32_t signal = 0;      // that gave the alarm
    double strength = 0.0;         // sum of squares of `peak`
    std::vector<float> peak;       // effects of what moved at its strongest day, else 0
    std::vector<float> first_day;  // residuals

    bool Fits(std::size_t signals) const {
      return (peak.empty() || peak.size() == signals) && signal < signals &&
             (first_day.empty() || first_day.size() == signals);
    }
    template <typename Archive>
    void Visit(Archive& archive) {
      archive(start, peak_block, signal, strength, peak, first_day);
    }
  };

  std::int64_t Micros(std::int64_t block) const;
  std::int64_t SettleBlocks(const DriftBaseline& baseline) const;
  // Part of the event's strongest state that these blocks show: 1 all, 0 none.
  double PartOf(std::span<const BlockResiduals> blocks) const;
  double PartDeviation(std::span<const BlockResiduals> blocks, const DriftBaseline& baseline) const;
  void Update(const DriftView& view, DriftEvent& event);
  // By what these blocks say of signals that the event has not moved, the furthest of them `by`.
  bool Overtaken(std::span<const BlockResiduals> blocks, const DriftView& view,
                 std::size_t& by) const;
  void GiveWay(std::size_t by, const DriftView& view);
  // Takes an event of before up again. False where it is no longer known.
  bool GoOn(const Shape& shape, std::int64_t block, const DriftView& view);
  void Open(const DriftAlarm& alarm, std::int64_t start, const DriftView& view);
  bool Resume(const DriftAlarm& alarm, std::int64_t start, const DriftView& view);
  bool Returned(const DriftView& view, bool gradual, std::int64_t& from) const;
  bool Settled(const DriftView& view) const;

  bool open_ = false;              // events.back() is under way
  bool lasting_ = false;           // settled_ has; before_ is what was known before it
  bool interrupts_ = false;        // the event before the open one goes on after it
  std::int64_t opened_ = 0;        // block of the alarm
  std::int64_t fades_until_ = -1;  // block before which a closed event may still end
  std::int64_t again_until_ = -1;  // and before which the same is this event
  Shape now_, interrupted_, settled_;
  DriftBaseline before_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_DRIFT_EVENT_TRACKER_H_
