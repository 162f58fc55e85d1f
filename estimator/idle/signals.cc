#include "estimator/idle/signals.h"

#include <algorithm>
#include <ctime>
#include <sstream>
#include <thread>

#include <unistd.h>

#include "engine/base/text.h"
#include "estimator/idle/device_state.h"

namespace vigil {
namespace {

constexpr std::chrono::milliseconds kShortestInterval{100};

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

SystemSignals::SystemSignals(const ActivityPage* activity, const Clock& clock, std::string root,
                             UserSignal user)
    : activity_(activity),
      clock_(clock),
      made_at_(clock.Monotonic()),
      root_(std::move(root)),
      user_(std::move(user)),
      gpu_(root_, getpid()) {
  last_times_ = ReadCpuTimes();
  last_look_ = made_at_;
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

void SystemSignals::ObserveLoad(Observation& seen) {
  UpdateCpuUse(seen.now);
  seen.other_cpu_use = other_cpu_use_;
  if (!last_times_) seen.missing.push_back({"CPU use", "/proc/stat cannot be read"});
  double load = 0.0;
  if (std::istringstream(FirstLine(root_ + "/proc/loadavg")) >> load) {
    seen.load_a_core = load / std::max(1u, std::thread::hardware_concurrency());
  }
  const auto pressure = [&](const char* resource, const char* name, std::optional<double>& value) {
    value = ReadPressure(root_, resource);
    if (!value) seen.missing.push_back({name, Text("/proc/pressure/", resource, " is not there")});
  };
  pressure("cpu", "CPU pressure", seen.cpu_pressure);
  pressure("memory", "memory pressure", seen.memory_pressure);
  pressure("io", "disk pressure", seen.io_pressure);
  const GpuLoad::Reading gpu = gpu_.Read(seen.now);
  seen.other_gpu_use = gpu.others;
  if (!gpu.others) seen.missing.push_back({"GPU use", gpu.reason});
}

void SystemSignals::ObserveDevice(Observation& seen) {
  const PowerState power = ReadPower(root_);
  seen.on_mains = power.on_mains;
  seen.battery = power.battery;
  seen.celsius = HottestZone(root_);
  if (!seen.celsius) seen.missing.push_back({"temperature", "no thermal zone can be read"});
  if (user_) {
    std::string why_not;
    seen.user_active = user_(why_not);
    if (!seen.user_active) seen.missing.push_back({"user activity", why_not});
  }
  const auto wall = static_cast<std::time_t>(clock_.WallMicros() / 1'000'000);
  std::tm local{};
  if (localtime_r(&wall, &local)) {
    seen.minute_of_day = local.tm_hour * 60 + local.tm_min;
    seen.local_day = local.tm_year * 366 + local.tm_yday;
  } else {
    seen.missing.push_back({"local time", "the wall clock tells no date"});
  }
}

Observation SystemSignals::Observe() {
  Observation seen;
  seen.now = clock_.Monotonic();
  const Activity target = Target();
  seen.target_running = target.running;
  seen.since_target = target.since_last;
  seen.watched = seen.now - made_at_;
  ObserveLoad(seen);
  ObserveDevice(seen);
  return seen;
}

}  // namespace vigil
