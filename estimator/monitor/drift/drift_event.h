// What a drift monitor says: that the world changed, since when, how, and what shows it.
#ifndef VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_EVENT_H_
#define VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_EVENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "estimator/models/task.h"

namespace vigil {

// Why T may decay (SOURCES.md G6).
enum class DriftKind : std::uint8_t {
  kInput,        // inputs or their latents moved
  kConcept,      // T's output or PE's p(correct) moved while the inputs did not
  kOutliers,     // more inputs that are unlike all others, while most are as before
  kAdversarial,  // inputs as before by their statistics, yet T is made to fail
  kPipeline,     // something before T broke: scale, normalisation, channel order, schema
  kSubgroup,     // T fails on a part of the inputs (from the slices; no stream test says so)
};
inline constexpr int kDriftKindCount = 6;

std::string_view DriftKindName(DriftKind kind);  // "input-drift", "concept-drift", ...
std::string_view DriftKindText(DriftKind kind);  // for people: "input drift", "pipeline fault", ...

// How far one signal lies from where it was, over the event at its strongest.
struct SignalChange {
  std::string signal;                // "input mean 0", "p(correct)", "share of class 3", "latents"
  double before = 0.0, after = 0.0;  // mean, in the signal's unit; both 0 for "latents"
  // In standard deviations of single records; of "latents": the distance of the means in the
  // space of random features, over the standard deviation there.
  double effect = 0.0;
  double score = 0.0;  // in standard deviations of a mean over as many blocks, daily cycle aside
  double p = 1.0;      // two-sided, corrected for the number of signals (Holm)

  template <typename Archive>
  void Visit(Archive& archive) {
    archive(signal, before, after, effect, score, p);
  }
};

struct DriftEvent {
  std::int64_t start_micros = 0;     // of the block in which it most likely began
  std::int64_t detected_micros = 0;  // the end of the block that gave it away
  // The old state is back. None: it goes on, or has become the new normal (`lasting`).
  std::optional<std::int64_t> ended_micros;
  bool lasting = false;   // it has settled, and what follows is compared with what it settled at
  bool gradual = false;   // it built up over days; else sudden
  bool replaced = false;  // ended because T, PE or what is recorded changed
  DriftKind kind = DriftKind::kInput;
  std::optional<Cause> cause;         // of failure that PE sees more often, for kInput
  bool hurts = false;                 // p(correct) fell
  std::string detector;               // what gave the alarm: "cumulative sum", "two samples"
  std::string reason;                 // the rule that named the kind
  std::string subgroup;               // of kSubgroup: "light=night"
  std::vector<SignalChange> signals;  // those that moved, the furthest first, at most kMaxSignals
  std::int64_t records = 0;           // that the signals' figures are of

  static constexpr std::size_t kMaxSignals = 6;

  bool ongoing() const { return !ended_micros.has_value(); }

  template <typename Archive>
  void Visit(Archive& archive) {
    archive(start_micros, detected_micros, ended_micros, lasting, gradual, replaced, kind, cause,
            hurts, detector, reason, subgroup, signals, records);
  }
};

// "sudden input drift (blur)", "gradual input drift (lighting)", "sudden pipeline fault".
std::string Headline(const DriftEvent& event);

nlohmann::json ToJson(const DriftEvent& event);

// What a monitor's state tells without the monitor: for reports.
struct DriftSummary {
  bool watching = false;       // a baseline stands; else it is still being taken
  double baseline_days = 0.0;  // that it was asked to take
  std::int64_t first_micros = 0, last_micros = 0;  // of the blocks that went in; 0: none did
  std::int64_t records = 0, passed_over = 0;       // passed over: late, not finite, of another make
  double false_alarms_a_year = 0.0;                // that it is set to
  std::vector<DriftEvent> events;                  // the oldest first, at most kMaxEvents
  // How far this device's baseline lies from the model's reference, where it has one: signals that
  // lie more than half a deviation off, the furthest first.
  std::vector<SignalChange> from_reference;

  static constexpr std::size_t kMaxEvents = 24;
};

nlohmann::json ToJson(const DriftSummary& summary);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_EVENT_H_
