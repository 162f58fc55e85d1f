// What keeps PE from running, in one word.
#ifndef VIGIL_ESTIMATOR_IDLE_BLOCKER_H_
#define VIGIL_ESTIMATOR_IDLE_BLOCKER_H_

#include <array>
#include <string_view>

namespace vigil {

enum class Blocker {
  kNone,  // PE runs
  kTargetRunning,
  kTargetActive,  // it ran a moment ago
  kNoRecords,
  kUserActive,
  kBattery,
  kTemperature,
  kQuietHours,
  kBudget,
  kCpuUse,
  kGpuUse,
  kPressure,  // of CPU, memory or disk
  kLoad,
  kError,  // backing off
};

inline constexpr std::array kBlockerNames = {
    std::string_view("none"),          std::string_view("target-running"),
    std::string_view("target-active"), std::string_view("no-records"),
    std::string_view("user-active"),   std::string_view("battery"),
    std::string_view("temperature"),   std::string_view("quiet-hours"),
    std::string_view("budget"),        std::string_view("cpu-use"),
    std::string_view("gpu-use"),       std::string_view("pressure"),
    std::string_view("load"),          std::string_view("error")};

// As reports, metrics and the store name it.
constexpr std::string_view BlockerName(Blocker blocker) {
  return kBlockerNames[static_cast<std::size_t>(blocker)];
}

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_IDLE_BLOCKER_H_
