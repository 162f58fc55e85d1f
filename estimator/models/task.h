// The two tasks of the paper, what "right" means in each, and the causes of failure.
#ifndef VIGIL_ESTIMATOR_MODELS_TASK_H_
#define VIGIL_ESTIMATOR_MODELS_TASK_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tensor/tensor.h"

namespace vigil {

// In the order of PE's classifiers (SOURCES.md P7). kOther: T is wrong and nothing known was
// applied.
enum class Cause : std::uint8_t { kLocalization, kOcclusion, kBlur, kLighting, kOther };
inline constexpr int kCauseCount = 5;

std::string_view CauseName(Cause cause);     // "localization", ...
Cause CauseFromName(std::string_view name);  // Throws Error (Api, kNotFound) that lists the names

// A set of causes, a bit each.
class CauseSet {
 public:
  constexpr CauseSet() = default;
  constexpr bool Has(Cause cause) const { return (bits_ >> static_cast<int>(cause)) & 1; }
  constexpr CauseSet& Add(Cause cause) {
    bits_ = static_cast<std::uint8_t>(bits_ | (1 << static_cast<int>(cause)));
    return *this;
  }
  constexpr CauseSet& Add(CauseSet others) {
    bits_ |= others.bits_;
    return *this;
  }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr std::uint8_t bits() const { return bits_; }
  static constexpr CauseSet FromBits(std::uint8_t bits) {
    CauseSet set;
    set.bits_ = bits & 31;
    return set;
  }
  friend constexpr bool operator==(CauseSet, CauseSet) = default;

 private:
  std::uint8_t bits_ = 0;
};

// Ground truth of one image: a class, or a head's pose in degrees (positive pitch is down).
struct Truth {
  int label = 0;                                // classification
  float pitch = 0.0f, yaw = 0.0f, roll = 0.0f;  // pose
};

// SOURCES.md P2: facing where cos(yaw) * cos(pitch) exceeds cos(30 degrees) (kAngle), or 30 * pi /
// 180 as printed in the paper, which is an angle of 58.4 degrees (kPrinted).
enum class DirectnessRule { kAngle, kPrinted };
bool IsFacing(float pitch_degrees, float yaw_degrees, DirectnessRule rule);

std::string_view DirectnessRuleName(DirectnessRule rule);  // "angle", "printed"
// Throws Error (Api, kNotFound) that lists the names.
DirectnessRule DirectnessRuleFromName(std::string_view name);

// What T is for, and when its output counts as right.
struct Task {
  enum class Kind { kClassification, kDirectness };
  Kind kind = Kind::kClassification;
  std::string name;  // "cifar10", "directness"
  int outputs = 0;   // of T: logits, or pitch, yaw, roll in units of 90 degrees
  std::vector<std::string> labels;
  std::vector<Cause> causes;  // PE's classifiers after "correct"; kOther last
  DirectnessRule rule = DirectnessRule::kAngle;

  // T's decision from its output row: the class, or 1 for facing.
  int Decide(std::span<const float> output) const;
  int TrueDecision(const Truth& truth) const;
  bool IsCorrect(std::span<const float> output, const Truth& truth) const {
    return Decide(output) == TrueDecision(truth);
  }
};

Task CifarTask();       // five classifiers: no occlusion (P6)
Task DirectnessTask();  // six classifiers
// Throws Error (Api, kNotFound) that lists the names.
Task TaskFromName(std::string_view name);

// Degrees in one unit of T's pose output.
inline constexpr float kPoseUnit = 90.0f;

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MODELS_TASK_H_
