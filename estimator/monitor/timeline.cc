#include "estimator/monitor/timeline.h"

#include <algorithm>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr seconds kShortest = hours(1), kLongest = hours(24);

// Those of a sorted range with from <= key < to.
template <typename T>
std::span<const T> Between(std::span<const T> sorted, std::int64_t T::*key, std::int64_t from,
                           std::int64_t to) {
  const auto first = std::ranges::lower_bound(sorted, from, {}, key);
  const auto last = std::ranges::lower_bound(first, sorted.end(), std::max(from, to), {}, key);
  return {first, last};
}

}  // namespace

Timeline BuildTimeline(std::span<const Verdict> verdicts, const PartEstimator& estimator,
                       const TimelineOptions& options) {
  if (options.window < kShortest || options.window > kLongest) {
    throw Error(Fault::kApi, ErrorCode::kInvalidValue,
                Text("windows of ", options.window.count(), " s, expected ", kShortest.count(),
                     " to ", kLongest.count()));
  }
  Timeline timeline{.window = options.window};
  const std::int64_t step = options.window.count() * 1'000'000;
  const std::int64_t now = options.now_micros;
  const bool ends = now < std::numeric_limits<std::int64_t>::max();
  const auto asked =
      Between(verdicts, &Verdict::time_micros, options.from_micros, options.to_micros);
  const auto in_time =
      ends ? Between(asked, &Verdict::time_micros, std::numeric_limits<std::int64_t>::min(),
                     StretchStart(now, step) + step)
           : asked;
  timeline.after = static_cast<std::int64_t>(asked.size() - in_time.size());
  if (in_time.empty()) return timeline;

  const std::int64_t last = StretchStart(in_time.back().time_micros, step);
  const std::int64_t first = std::max(StretchStart(in_time.front().time_micros, step),
                                      last - (Timeline::kMaxPoints - 1) * step);
  for (std::int64_t start = first; start <= last; start += step) {
    TimelinePoint point{.from_micros = std::max(start, options.from_micros),
                        .to_micros = std::min(start + step, options.to_micros)};
    point.unfinished = point.to_micros > now;
    const auto part = Between(in_time, &Verdict::time_micros, point.from_micros, point.to_micros);
    point.estimate =
        estimator.Of(part, Between(std::span<const EpochCounts>(estimator.unjudged()),
                                   &EpochCounts::epoch, point.from_micros, point.to_micros));
    timeline.points.push_back(std::move(point));
  }
  timeline.before = static_cast<std::int64_t>(
      Between(in_time, &Verdict::time_micros, std::numeric_limits<std::int64_t>::min(), first)
          .size());
  return timeline;
}

seconds WindowFor(seconds stretch) {
  for (const int length : {1, 2, 3, 6, 12}) {
    if (stretch <= 48 * hours(length)) return hours(length);
  }
  return hours(24);
}

}  // namespace vigil
