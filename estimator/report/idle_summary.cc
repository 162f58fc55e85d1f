#include "estimator/report/idle_summary.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "engine/base/clock.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr std::int64_t kHourMicros = 3'600'000'000, kDayMicros = 24 * kHourMicros;
constexpr const char* kWorking = "working";

std::vector<IdleReason> Reasons(std::span<const IdleTime> times) {
  std::map<std::pair<std::string, std::string>, IdleReason> by_name;
  for (const IdleTime& time : times) {
    IdleReason& reason = by_name[{time.doing, time.why}];
    reason.doing = time.doing;
    reason.why = time.why;
    reason.seconds += time.seconds;
    reason.records += time.records;
  }
  std::vector<IdleReason> reasons;
  for (auto& [name, reason] : by_name) reasons.push_back(std::move(reason));
  std::ranges::stable_sort(reasons, [](const IdleReason& a, const IdleReason& b) {
    return std::tuple(a.doing != kWorking, -a.seconds) <
           std::tuple(b.doing != kWorking, -b.seconds);
  });
  if (reasons.size() <= IdleSummary::kMaxReasons) return reasons;
  IdleReason rest;
  for (std::size_t i = IdleSummary::kMaxReasons - 1; i < reasons.size(); ++i) {
    rest.seconds += reasons[i].seconds;
    rest.records += reasons[i].records;
  }
  reasons.resize(IdleSummary::kMaxReasons - 1);
  reasons.push_back(std::move(rest));
  return reasons;
}

std::size_t IndexOf(const std::vector<IdleReason>& reasons, const IdleTime& time) {
  const auto found = std::ranges::find_if(reasons, [&](const IdleReason& reason) {
    return reason.doing == time.doing && reason.why == time.why;
  });
  return std::min(static_cast<std::size_t>(found - reasons.begin()), reasons.size() - 1);
}

}  // namespace

std::string ReasonText(const IdleReason& reason) {
  if (reason.doing.empty()) return "other reasons";
  return reason.why.empty() ? reason.doing : Text(reason.doing, ": ", reason.why);
}

double IdleBucket::MissingSeconds() const {
  const double length = static_cast<double>(to_micros - from_micros) / 1e6;
  return std::max(0.0, length - std::accumulate(seconds.begin(), seconds.end(), 0.0));
}

IdleSummary SummariseIdle(std::span<const IdleTime> times, std::int64_t now_micros) {
  IdleSummary summary;
  if (times.empty()) return summary;
  summary.reasons = Reasons(times);
  const auto [first, last] = std::ranges::minmax(times, {}, &IdleTime::hour_micros);
  summary.bucket_micros =
      last.hour_micros - first.hour_micros < 3 * kDayMicros ? kHourMicros : kDayMicros;
  std::map<std::int64_t, IdleBucket> buckets;
  for (const IdleTime& time : times) {
    const std::int64_t start = StretchStart(time.hour_micros, summary.bucket_micros);
    IdleBucket& bucket = buckets[start];
    bucket.from_micros = start;
    bucket.to_micros = std::max(start, std::min(start + summary.bucket_micros, now_micros));
    bucket.seconds.resize(summary.reasons.size());
    bucket.seconds[IndexOf(summary.reasons, time)] += time.seconds;
    bucket.records += time.records;
    summary.seconds += time.seconds;
  }
  for (auto& [start, bucket] : buckets) summary.buckets.push_back(std::move(bucket));
  if (summary.buckets.size() > IdleSummary::kMaxBuckets) {
    summary.buckets.erase(summary.buckets.begin(),
                          summary.buckets.end() - std::ptrdiff_t{IdleSummary::kMaxBuckets});
  }
  return summary;
}

}  // namespace vigil
