#include "estimator/idle/signals.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>

namespace vigil {
namespace {

constexpr std::chrono::milliseconds kShortestInterval{100};

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// proc(5): after the command's closing parenthesis come state, ..., utime and stime as the 12th and
// 13th fields.
std::optional<std::int64_t> OwnTicks(const std::string& line) {
  const std::size_t end = line.rfind(')');
  if (end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(end + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  std::int64_t user = 0, system = 0;
  if (!(fields >> user >> system)) return std::nullopt;
  return user + system;
}

}  // namespace

SystemSignals::SystemSignals(const ActivityPage* activity, const Clock& clock, std::string root)
    : activity_(activity), clock_(clock), root_(std::move(root)) {
  last_times_ = ReadCpuTimes();
  last_look_ = clock_.Monotonic();
}

std::optional<SystemSignals::CpuTimes> SystemSignals::ReadCpuTimes() const {
  std::istringstream fields(FirstLine(root_ + "/proc/stat"));
  std::string name;
  // user, nice, system, idle, iowait, irq, softirq, steal; guests are within user already.
  std::int64_t ticks[8] = {};
  fields >> name;
  for (std::int64_t& t : ticks) fields >> t;
  const std::optional<std::int64_t> own = OwnTicks(FirstLine(root_ + "/proc/self/stat"));
  if (!fields || name != "cpu" || !own) return std::nullopt;
  CpuTimes times{.own = *own};
  for (const std::int64_t t : ticks) times.total += t;
  times.busy = times.total - ticks[3] - ticks[4];
  return times;
}

void SystemSignals::UpdateCpuUse(std::chrono::nanoseconds now) {
  if (last_times_ && now - last_look_ < kShortestInterval) return;
  const std::optional<CpuTimes> times = ReadCpuTimes();
  if (times && last_times_ && times->total > last_times_->total) {
    const auto total = static_cast<double>(times->total - last_times_->total);
    const auto busy = static_cast<double>(times->busy - last_times_->busy);
    const auto own = static_cast<double>(times->own - last_times_->own);
    other_cpu_use_ = std::clamp((busy - own) / total, 0.0, 1.0);
  } else if (!times) {
    other_cpu_use_.reset();
  }
  last_times_ = times;
  last_look_ = now;
}

Activity SystemSignals::Target() { return activity_ ? activity_->Read() : Activity(); }

Observation SystemSignals::Observe() {
  Observation seen;
  seen.now = clock_.Monotonic();
  const Activity target = Target();
  seen.target_running = target.running;
  seen.since_target = target.since_last;
  UpdateCpuUse(seen.now);
  seen.other_cpu_use = other_cpu_use_;
  double load = 0.0;
  if (std::istringstream(FirstLine(root_ + "/proc/loadavg")) >> load) {
    seen.load_a_core = load / std::max(1u, std::thread::hardware_concurrency());
  }
  const std::string pressure = FirstLine(root_ + "/proc/pressure/cpu");
  const std::string key = "some avg10=";
  double percent = 0.0;
  if (pressure.starts_with(key) && std::istringstream(pressure.substr(key.size())) >> percent) {
    seen.cpu_pressure = percent / 100.0;
  }
  return seen;
}

}  // namespace vigil
