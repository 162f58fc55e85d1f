#include "estimator/idle/policy.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "engine/base/text.h"

namespace vigil {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

double Seconds(nanoseconds duration) {
  return std::round(std::chrono::duration<double>(duration).count() * 10.0) / 10.0;
}

std::string Percent(double share) { return Text(std::lround(share * 100.0), " %"); }

struct Obstacle {
  Blocker blocker = Blocker::kNone;
  std::string reason;
};

// What of the machine's load is in the way, if anything.
Obstacle LoadInTheWay(const IdlePolicy& policy, const Observation& seen) {
  const double cpu_limit = seen.working ? policy.continue_cpu_use : policy.begin_cpu_use;
  if (seen.other_cpu_use && *seen.other_cpu_use >= cpu_limit) {
    return {Blocker::kCpuUse, Text("others use ", Percent(*seen.other_cpu_use),
                                   " of the CPU, limit ", Percent(cpu_limit))};
  }
  const double gpu_limit = seen.working ? policy.continue_gpu_use : policy.begin_gpu_use;
  if (seen.other_gpu_use && *seen.other_gpu_use >= gpu_limit) {
    return {Blocker::kGpuUse, Text("others use ", Percent(*seen.other_gpu_use),
                                   " of the GPU, limit ", Percent(gpu_limit))};
  }
  if (seen.working) return {};
  struct Pressure {
    const char* name;
    std::optional<double> limit, seen;
  };
  for (const Pressure& pressure :
       {Pressure{"CPU", policy.begin_cpu_pressure, seen.cpu_pressure},
        Pressure{"memory", policy.begin_memory_pressure, seen.memory_pressure},
        Pressure{"disk", policy.begin_io_pressure, seen.io_pressure}}) {
    if (pressure.limit && pressure.seen && *pressure.seen >= *pressure.limit) {
      return {Blocker::kPressure, Text(pressure.name, " pressure is ", Percent(*pressure.seen),
                                       ", limit ", Percent(*pressure.limit))};
    }
  }
  if (policy.begin_load_a_core && seen.load_a_core &&
      *seen.load_a_core >= *policy.begin_load_a_core) {
    return {Blocker::kLoad,
            Text("load is ", *seen.load_a_core, " a core, limit ", *policy.begin_load_a_core)};
  }
  return {};
}

std::string Clock(int minute) {
  char text[32];
  std::snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
  return text;
}

std::string Describe(const DaySpan& span) { return Clock(span.from) + " to " + Clock(span.to); }

// What no patience overrides, if anything.
Obstacle ConditionInTheWay(const IdlePolicy& policy, const Observation& seen) {
  if (policy.only_without_user && seen.user_active && *seen.user_active)
    return {Blocker::kUserActive, "somebody is logged in and not idle"};
  const bool draining = seen.on_mains && !*seen.on_mains;
  if (policy.only_on_mains && draining) return {Blocker::kBattery, "the device is on battery"};
  if (policy.min_battery && draining && seen.battery && *seen.battery < *policy.min_battery) {
    return {Blocker::kBattery, Text("the battery is at ", Percent(*seen.battery), ", limit ",
                                    Percent(*policy.min_battery))};
  }
  if (policy.max_celsius && seen.celsius) {
    const double limit = *policy.max_celsius - (seen.working ? 0.0 : IdlePolicy::kCelsiusBelow);
    if (*seen.celsius >= limit) {
      return {Blocker::kTemperature, Text("the device is at ", std::lround(*seen.celsius),
                                          " C, limit ", std::lround(limit), " C")};
    }
  }
  if (policy.quiet_hours && seen.minute_of_day && policy.quiet_hours->Holds(*seen.minute_of_day))
    return {Blocker::kQuietHours, "quiet hours, " + Describe(*policy.quiet_hours)};
  if (policy.daily_budget && seen.worked_today >= *policy.daily_budget) {
    return {Blocker::kBudget,
            Text("today's budget of ", Seconds(*policy.daily_budget), " s is spent")};
  }
  return {};
}

}  // namespace

bool DaySpan::Holds(int minute) const {
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

IdlePolicy IdlePolicy::Demo() {
  IdlePolicy policy;
  policy.idle_after = milliseconds(2000);
  policy.begin_cpu_pressure.reset();
  policy.begin_memory_pressure.reset();
  policy.begin_io_pressure.reset();
  policy.only_on_mains = false;
  policy.max_celsius.reset();
  policy.patience = milliseconds(10'000);
  policy.look_again = milliseconds(100);
  return policy;
}

IdlePolicy IdlePolicy::Now() {
  IdlePolicy policy = Demo();
  policy.idle_after = milliseconds(0);
  policy.begin_cpu_use = policy.continue_cpu_use = kAnyUse;
  policy.begin_gpu_use = policy.continue_gpu_use = kAnyUse;
  return policy;
}

std::string Describe(const IdlePolicy& policy) {
  std::string text = Text("idle after ", Seconds(policy.idle_after), " s without inference");
  if (policy.begin_cpu_use <= 1.0) {
    text += Text(", others' CPU use below ", Percent(policy.begin_cpu_use), " (",
                 Percent(policy.continue_cpu_use), " to go on)");
  }
  if (policy.begin_gpu_use <= 1.0) {
    text += Text(", GPU use below ", Percent(policy.begin_gpu_use), " (",
                 Percent(policy.continue_gpu_use), ")");
  }
  if (policy.begin_cpu_pressure) {
    text += Text(", CPU pressure below ", Percent(*policy.begin_cpu_pressure));
  }
  if (policy.begin_memory_pressure) {
    text += Text(", memory pressure below ", Percent(*policy.begin_memory_pressure));
  }
  if (policy.begin_io_pressure) {
    text += Text(", disk pressure below ", Percent(*policy.begin_io_pressure));
  }
  if (policy.begin_load_a_core) text += Text(", load a core below ", *policy.begin_load_a_core);
  if (policy.only_on_mains) text += ", on mains";
  if (policy.only_without_user) text += ", with nobody at work on the device";
  if (policy.min_battery) text += Text(", battery above ", Percent(*policy.min_battery));
  if (policy.max_celsius) text += Text(", below ", std::lround(*policy.max_celsius), " C");
  if (policy.quiet_hours) text += ", not from " + Describe(*policy.quiet_hours);
  if (policy.daily_budget) {
    text += Text(", at most ", Seconds(*policy.daily_budget), " s a day");
  }
  if (policy.begin_cpu_use <= 1.0 && policy.patience) {
    text += Text(", load holds it up for at most ", Seconds(*policy.patience), " s");
  }
  return text;
}

Action Decide(const IdlePolicy& policy, const Observation& seen) {
  if (seen.target_running) {
    return {.wait = std::max<nanoseconds>(policy.idle_after, policy.look_again),
            .blocker = Blocker::kTargetRunning,
            .reason = "the target model is running"};
  }
  if (seen.since_target && *seen.since_target < policy.idle_after) {
    return {.wait = policy.idle_after - *seen.since_target,
            .blocker = Blocker::kTargetActive,
            .reason = Text("the target model ran ", Seconds(*seen.since_target),
                           " s ago, idle after ", Seconds(policy.idle_after), " s")};
  }
  // At a device's start T may be about to begin.
  if (!seen.since_target && seen.watched < policy.idle_after) {
    return {.wait = policy.idle_after - seen.watched,
            .blocker = Blocker::kTargetActive,
            .reason = Text("the target model has not run since this began to watch, ",
                           Seconds(seen.watched), " s ago, idle after ", Seconds(policy.idle_after),
                           " s")};
  }
  if (seen.backlog <= 0) {
    return {.wait = policy.look_again, .blocker = Blocker::kNoRecords, .reason = "no records wait"};
  }
  if (Obstacle found = ConditionInTheWay(policy, seen); found.blocker != Blocker::kNone) {
    return {.wait = policy.look_again, .blocker = found.blocker, .reason = std::move(found.reason)};
  }
  const Obstacle load = LoadInTheWay(policy, seen);
  if (load.blocker == Blocker::kNone)
    return {.run = true, .reason = Text("idle, ", seen.backlog, " records wait")};
  if (policy.patience && seen.kept_waiting_by_load >= *policy.patience) {
    return {.run = true,
            .held_by_load = true,
            .reason = Text(load.reason, ", but waited ", Seconds(seen.kept_waiting_by_load), " s")};
  }
  return {.held_by_load = true,
          .wait = policy.look_again,
          .blocker = load.blocker,
          .reason = load.reason};
}

int NextChunkRecords(const IdlePolicy& policy, int last_records, nanoseconds last_duration) {
  if (last_records <= 0) return 1;
  std::int64_t records = 2 * std::int64_t{last_records};
  if (last_duration.count() > 0) {
    const nanoseconds budget = policy.chunk_budget;
    records = std::min(records, budget.count() * last_records / last_duration.count());
  }
  return static_cast<int>(std::clamp<std::int64_t>(records, 1, policy.max_chunk_records));
}

}  // namespace vigil
