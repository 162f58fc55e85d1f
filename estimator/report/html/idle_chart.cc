#include <algorithm>

#include "engine/base/text.h"
#include "estimator/report/html/charts.h"
#include "estimator/report/markup.h"
#include "estimator/report/words.h"

namespace vigil::html {
namespace {

constexpr std::int64_t kHourMicros = 3'600'000'000;

void DrawBuckets(const IdleSummary& idle, Canvas& canvas) {
  std::vector<std::string> parts(idle.reasons.size());
  for (const IdleBucket& bucket : idle.buckets) {
    double x1 = canvas.X(bucket.from_micros),
           x2 = canvas.X(bucket.from_micros + idle.bucket_micros);
    const double gap = std::min(2.0, 0.15 * (x2 - x1));
    x1 += 0.5 * gap;
    x2 -= 0.5 * gap;
    double below = 0.0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (bucket.seconds[i] <= 0.0) continue;
      const double above = below + bucket.seconds[i];
      parts[i] += Text("M", Number(x1), " ", Number(canvas.Y(below)), "H", Number(x2), "V",
                       Number(canvas.Y(above)), "H", Number(x1), "Z");
      below = above;
    }
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].empty()) continue;
    canvas.Add(Text("<path class=\"part\" fill=\"url(#fill", i, ")\" d=\"", parts[i], "\"/>\n"));
  }
}

}  // namespace

std::string IdleChart(const IdleSummary& idle) {
  const bool days = idle.bucket_micros > kHourMicros;
  ChartFrame frame{.id = "idle", .title = "What PE did, and why not"};
  frame.from_micros = idle.buckets.front().from_micros;
  frame.to_micros = idle.buckets.back().from_micros + idle.bucket_micros;
  frame.high = static_cast<double>(idle.bucket_micros) / 1e6;
  for (const IdleBucket& bucket : idle.buckets) {  // rounding, and clocks that were set
    double total = 0.0;
    for (const double seconds : bucket.seconds) total += seconds;
    frame.high = std::max(frame.high, total);
  }
  for (int i = 0; i <= 4; ++i) {
    const int quarter = days ? 6 * i : 15 * i;
    frame.y_ticks.push_back(
        {quarter * (days ? 3600.0 : 60.0), Text(quarter, days ? " h" : " min")});
  }
  frame.description =
      Text("A bar ", days ? "a day" : "an hour", " from ", MinuteText(frame.from_micros), " to ",
           MinuteText(frame.to_micros), " UTC, divided by what PE did and why.");
  for (const IdleReason& reason : idle.reasons) {
    frame.description += Text(" ", ReasonText(reason), ": ", HoursText(reason.seconds), ".");
  }
  std::string drawn;
  for (const ChartWidth width : {ChartWidth::kWide, ChartWidth::kNarrow}) {
    Canvas canvas(frame, width);
    DrawBuckets(idle, canvas);
    drawn += canvas.ToSvg();
  }
  return drawn;
}

}  // namespace vigil::html
