#include "estimator/idle/policy.h"

#include <algorithm>
#include <cmath>

#include "engine/base/text.h"

namespace vigil {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

double Seconds(nanoseconds duration) {
  return std::round(std::chrono::duration<double>(duration).count() * 10.0) / 10.0;
}

std::string Percent(double share) { return Text(std::lround(share * 100.0), " %"); }

// What of the machine's load is in the way; empty: nothing.
std::string LoadInTheWay(const IdlePolicy& policy, const Observation& seen) {
  const double cpu_limit = seen.working ? policy.continue_cpu_use : policy.begin_cpu_use;
  if (seen.other_cpu_use && *seen.other_cpu_use >= cpu_limit) {
    return Text("others use ", Percent(*seen.other_cpu_use), " of the CPU, limit ",
                Percent(cpu_limit));
  }
  if (seen.working) return {};
  if (policy.begin_cpu_pressure && seen.cpu_pressure &&
      *seen.cpu_pressure >= *policy.begin_cpu_pressure) {
    return Text("CPU pressure is ", Percent(*seen.cpu_pressure), ", limit ",
                Percent(*policy.begin_cpu_pressure));
  }
  if (policy.begin_load_a_core && seen.load_a_core &&
      *seen.load_a_core >= *policy.begin_load_a_core) {
    return Text("load is ", *seen.load_a_core, " a core, limit ", *policy.begin_load_a_core);
  }
  return {};
}

}  // namespace

IdlePolicy IdlePolicy::Demo() {
  IdlePolicy policy;
  policy.idle_after = milliseconds(2000);
  policy.begin_cpu_pressure.reset();
  policy.patience = milliseconds(10'000);
  policy.look_again = milliseconds(100);
  return policy;
}

IdlePolicy IdlePolicy::Now() {
  IdlePolicy policy = Demo();
  policy.idle_after = milliseconds(0);
  policy.begin_cpu_use = policy.continue_cpu_use = 2.0;  // a share is never that large
  return policy;
}

std::string Describe(const IdlePolicy& policy) {
  std::string text = Text("idle after ", Seconds(policy.idle_after), " s without inference");
  if (policy.begin_cpu_use <= 1.0) {
    text += Text(", others' CPU use below ", Percent(policy.begin_cpu_use), " (",
                 Percent(policy.continue_cpu_use), " to go on)");
  }
  if (policy.begin_cpu_pressure) {
    text += Text(", CPU pressure below ", Percent(*policy.begin_cpu_pressure));
  }
  if (policy.begin_load_a_core) text += Text(", load a core below ", *policy.begin_load_a_core);
  if (policy.begin_cpu_use <= 1.0 && policy.patience) {
    text += Text(", load holds it up for at most ", Seconds(*policy.patience), " s");
  }
  return text;
}

Action Decide(const IdlePolicy& policy, const Observation& seen) {
  if (seen.target_running) {
    return {.wait = std::max<nanoseconds>(policy.idle_after, policy.look_again),
            .reason = "the target model is running"};
  }
  if (seen.since_target && *seen.since_target < policy.idle_after) {
    return {.wait = policy.idle_after - *seen.since_target,
            .reason = Text("the target model ran ", Seconds(*seen.since_target),
                           " s ago, idle after ", Seconds(policy.idle_after), " s")};
  }
  if (seen.backlog <= 0) return {.wait = policy.look_again, .reason = "no records wait"};
  const std::string load = LoadInTheWay(policy, seen);
  if (load.empty()) return {.run = true, .reason = Text("idle, ", seen.backlog, " records wait")};
  if (policy.patience && seen.kept_waiting_by_load >= *policy.patience) {
    return {.run = true,
            .held_by_load = true,
            .reason = Text(load, ", but waited ", Seconds(seen.kept_waiting_by_load), " s")};
  }
  return {.held_by_load = true, .wait = policy.look_again, .reason = load};
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
