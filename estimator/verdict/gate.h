// From PE's numbers to a decision (SOURCES.md P7).
#ifndef VIGIL_ESTIMATOR_VERDICT_GATE_H_
#define VIGIL_ESTIMATOR_VERDICT_GATE_H_

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "estimator/store/record.h"

namespace vigil {

// Probabilities that decide. The rules:
//   correct       p_correct >= threshold; then there are no causes, whatever their classifiers say.
//   known causes  where judged wrong: every one whose p_cause >= its threshold; several may hold.
//   other         means that nothing known was the cause. It is the decision where no known cause
//                 passes (a failure is never left without one), and where its own classifier passes
//                 and is further above its threshold (in log odds, since thresholds of rare causes
//                 are low) than every known cause that passes, which then yield to it.
struct Gate {
  float p_correct = 0.5f;
  std::array<float, kCauseCount> p_cause{0.5f, 0.5f, 0.5f, 0.5f, 0.5f};

  friend bool operator==(const Gate&, const Gate&) = default;
};

// Probabilities from a row of PE's logits: "correct" first, then `causes` in their order; 0 for
// causes that PE has no classifier for.
struct Probabilities {
  float correct = 0.0f;
  std::array<float, kCauseCount> cause{};
};
// Throws Error (Model, kInvalidShape) where the row has not 1 + causes.size() numbers, (Model,
// kInvalidValue) for one that is not finite.
Probabilities FromLogits(std::span<const float> logits, std::span<const Cause> causes);

bool JudgeCorrect(const Gate& gate, float p_correct);
// REQUIRES: judged wrong.
CauseSet JudgeCauses(const Gate& gate, std::span<const float, kCauseCount> p_cause);

// A record of a validation set whose truth is known.
struct ValidationSample {
  Probabilities p;
  bool correct = false;
  CauseSet causes;  // empty where correct
};

// Thresholds of highest balanced accuracy on a validation set: "correct" over all samples, each
// cause over the samples where T is wrong (P7). Balanced, so that a threshold does not depend on
// how common failures happen to be in that set. One half stays where a class is absent.
Gate ChooseGate(std::span<const ValidationSample> samples, std::span<const Cause> causes);

// {"correct": 0.5, "localization": 0.5, ...} for `causes`.
std::string GateToJson(const Gate& gate, std::span<const Cause> causes);
// Throws Error (Model, kMalformed) that names the missing or bad threshold; causes not listed keep
// one half.
Gate GateFromJson(std::string_view json, std::span<const Cause> causes);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_GATE_H_
