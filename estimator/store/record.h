// What is kept of one inference, and what PE says of it (DESIGN.md, Words).
#ifndef VIGIL_ESTIMATOR_STORE_RECORD_H_
#define VIGIL_ESTIMATOR_STORE_RECORD_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "estimator/models/task.h"
#include "estimator/taps/stored_tap.h"

namespace vigil {

// Never holds an image. Taps, output and statistics are user data (taps can be inverted).
struct Record {
  std::int64_t id = 0;                      // given by the store; 0 before
  std::int64_t time_micros = 0;             // wall clock, UTC
  std::uint64_t model_hash = 0;             // of T
  std::int64_t epoch = 0;                   // sampling epoch (DESIGN.md contract 8)
  std::int64_t place = -1;                  // in its epoch's reservoir (sampler.h); -1: none
  std::map<std::string, std::string> tags;  // slice keys
  std::vector<float> output;                // T's output row
  std::vector<StoredTap> taps;
  std::vector<float> statistics;  // of the input, at most 16 numbers
  std::uint32_t violations = 0;   // of T's input schema, a bit each (monitor/validity)
};

// What the monitors read off one record, in the same pass as PE. Absent: no such monitor ran.
struct Readings {
  // Share of known records that look less unlike what T learned from, 0 to 1.
  std::optional<float> outlier;
  // Share of small perturbations of its features that change T's answer, 0 to 1.
  std::optional<float> flip_rate;
  // How likely it lies beyond T's competence, from all of the above and PE, calibrated, 0 to 1.
  std::optional<float> beyond;
};

// PE's judgement of one record.
struct Verdict {
  std::int64_t record_id = 0;
  std::int64_t time_micros = 0;      // of the inference
  std::uint64_t model_hash = 0;      // of T
  std::uint64_t estimator_hash = 0;  // of PE
  std::int64_t epoch = 0;
  std::map<std::string, std::string> tags;
  float p_correct = 0.0f;  // PE's own
  float p_correct_calibrated = 0.0f;
  std::array<float, kCauseCount> p_cause{};  // 0 for causes that PE has no classifier for
  bool correct = false;                      // the gated decision
  CauseSet causes;                           // empty where correct
  Readings readings;
  std::uint32_t violations = 0;  // the record's
  // Of the record in a monitor's latent space. Goes to the monitors of streams and is never stored:
  // it says what T saw.
  std::vector<float> embedding;
};

// How many inferences one sampling epoch saw, and what became of them. A verdict stands for
// seen / judged inferences. kept = judged + expired + set_aside + what is still to be judged.
struct EpochCounts {
  std::int64_t epoch = 0;
  std::int64_t seen = 0;    // inferences of T
  std::int64_t kept = 0;    // records written and not replaced by another of the reservoir
  std::int64_t judged = 0;  // records that have a verdict
  std::int64_t dropped =
      0;  // lost to the sample: no free slot, failed run, late for a closed epoch
  std::int64_t expired = 0;    // removed unjudged: bounds, age
  std::int64_t set_aside = 0;  // removed unjudged: PE failed on them

  // Adds another epoch's counts; the sum has no `epoch` of its own.
  EpochCounts& operator+=(const EpochCounts& other) {
    seen += other.seen;
    kept += other.kept;
    judged += other.judged;
    dropped += other.dropped;
    expired += other.expired;
    set_aside += other.set_aside;
    return *this;
  }
};

// Incidents of one kind: a fault of one family, in one place (SOURCES.md X1, X3).
struct Incident {
  std::string fault, code;  // FaultName, CodeName
  std::string place;        // what it happened to, without numbers, so that rows stay few: "input"
  std::string message;      // of the newest
  std::int64_t first_micros = 0, last_micros = 0;
  std::int64_t count = 0;
};

// How PE spent an hour, or why it did not run: one row for each (hour, doing, why).
struct IdleTime {
  std::int64_t hour_micros = 0;  // the hour's start, UTC
  std::string doing;             // "working", "waiting" or "backing off"
  std::string why;               // without numbers, so that rows stay few: "target active"
  double seconds = 0.0;
  std::int64_t records = 0;  // judged in it
};

// Records set aside for one reason.
struct SetAsideFault {
  std::string fault, code;
  std::string message;  // of the newest
  std::int64_t records = 0;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_STORE_RECORD_H_
