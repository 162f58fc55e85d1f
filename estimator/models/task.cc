#include "estimator/models/task.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {
constexpr std::array<std::string_view, kCauseCount> kCauseNames = {"localization", "occlusion",
                                                                   "blur", "lighting", "other"};
}

std::string_view CauseName(Cause cause) { return kCauseNames[static_cast<std::size_t>(cause)]; }

Cause CauseFromName(std::string_view name) {
  const auto found = std::ranges::find(kCauseNames, name);
  if (found == kCauseNames.end()) {
    throw Error(
        Fault::kApi, ErrorCode::kNotFound,
        Text("cause '", name, "': expected localization, occlusion, blur, lighting or other"));
  }
  return static_cast<Cause>(found - kCauseNames.begin());
}

bool IsFacing(float pitch_degrees, float yaw_degrees, DirectnessRule rule) {
  constexpr double kDegree = std::numbers::pi / 180.0;
  const double directness = std::cos(pitch_degrees * kDegree) * std::cos(yaw_degrees * kDegree);
  return directness > (rule == DirectnessRule::kAngle ? std::cos(30.0 * kDegree) : 30.0 * kDegree);
}

std::string_view DirectnessRuleName(DirectnessRule rule) {
  return rule == DirectnessRule::kAngle ? "angle" : "printed";
}

DirectnessRule DirectnessRuleFromName(std::string_view name) {
  for (const DirectnessRule rule : {DirectnessRule::kAngle, DirectnessRule::kPrinted}) {
    if (name == DirectnessRuleName(rule)) return rule;
  }
  throw Error(Fault::kApi, ErrorCode::kNotFound,
              Text("directness '", name, "': expected angle or printed"));
}

int Task::Decide(std::span<const float> output) const {
  VIGIL_CHECK(static_cast<int>(output.size()) == outputs);
  if (kind == Kind::kDirectness)
    return IsFacing(output[0] * kPoseUnit, output[1] * kPoseUnit, rule) ? 1 : 0;
  return static_cast<int>(std::ranges::max_element(output) - output.begin());
}

int Task::TrueDecision(const Truth& truth) const {
  return kind == Kind::kDirectness ? (IsFacing(truth.pitch, truth.yaw, rule) ? 1 : 0) : truth.label;
}

Task CifarTask() {
  return {.kind = Task::Kind::kClassification,
          .name = "cifar10",
          .outputs = 10,
          .labels = {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse",
                     "ship", "truck"},
          .causes = {Cause::kLocalization, Cause::kBlur, Cause::kLighting, Cause::kOther}};
}

Task DirectnessTask() {
  return {.kind = Task::Kind::kDirectness,
          .name = "directness",
          .outputs = 3,
          .labels = {"not-facing", "facing"},
          .causes = {Cause::kLocalization, Cause::kOcclusion, Cause::kBlur, Cause::kLighting,
                     Cause::kOther}};
}

Task TaskFromName(std::string_view name) {
  if (name == "cifar10") return CifarTask();
  if (name == "directness") return DirectnessTask();
  throw Error(Fault::kApi, ErrorCode::kNotFound,
              Text("task '", name, "': expected cifar10 or directness"));
}

}  // namespace vigil
