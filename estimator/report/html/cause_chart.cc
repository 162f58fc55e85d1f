#include <algorithm>
#include <cmath>

#include "engine/base/text.h"
#include "estimator/report/html/charts.h"
#include "estimator/report/markup.h"
#include "estimator/report/svg_plot.h"
#include "estimator/report/words.h"

namespace vigil::html {
namespace {

double ShareOf(const Estimate& estimate, Cause cause) {
  for (const CauseShare& share : estimate.causes) {
    if (share.cause == cause) return share.of_all.value;
  }
  return 0.0;
}

std::string Mark(std::size_t series, double x, double y) {
  switch (series % 3) {
    case 0:
      return Text("M", Number(x - 3), " ", Number(y), "a3 3 0 1 0 6 0a3 3 0 1 0-6 0");
    case 1:
      return Text("M", Number(x - 3), " ", Number(y - 3), "h6v6h-6z");
    default:
      return Text("M", Number(x), " ", Number(y - 4), "l4 7h-8z");
  }
}

void DrawCause(const Timeline& timeline, Cause cause, std::size_t series, Canvas& canvas) {
  constexpr std::size_t kMostMarked = 60;  // more would hide the line
  std::string line, marks;
  bool pen_down = false;
  for (std::size_t i = 0; i < timeline.points.size(); ++i) {
    const TimelinePoint& point = timeline.points[i];
    if (!point.estimate.available) {
      pen_down = false;
      continue;
    }
    const double x = canvas.X((point.from_micros + point.to_micros) / 2);
    const double y = canvas.Y(ShareOf(point.estimate, cause));
    line += Text(pen_down ? "L" : "M", Number(x), " ", Number(y));
    const bool alone = !pen_down && (i + 1 == timeline.points.size() ||
                                     !timeline.points[i + 1].estimate.available);
    if (timeline.points.size() <= kMostMarked || alone) marks += Mark(series, x, y);
    pen_down = true;
  }
  canvas.Add(Text("<path class=\"line s", series, "\" d=\"", line, "\"/>"));
  if (!marks.empty()) canvas.Add(Text("<path class=\"f", series, "\" d=\"", marks, "\"/>\n"));
}

}  // namespace

std::string CauseChart(const DeviceReport& report) {
  const Timeline& timeline = report.timeline;
  double most = 0.0;
  for (const TimelinePoint& point : timeline.points) {
    if (!point.estimate.available) continue;
    for (const Cause cause : report.causes) most = std::max(most, ShareOf(point.estimate, cause));
  }
  ChartFrame frame{.id = "causes", .title = "Causes of failure over time"};
  frame.from_micros = timeline.points.front().from_micros;
  frame.to_micros = timeline.points.back().to_micros;
  frame.high = std::clamp(std::ceil(most * 20.0) / 20.0, 0.05, 1.0);
  for (const double tick : TicksOf(0.0, frame.high + 1e-9, 5)) {
    frame.y_ticks.push_back({tick, ShareText(tick, frame.high > 0.1 ? 0 : 1)});
  }
  frame.description =
      Text("The share of each cause in all inferences, windows of ", WindowText(timeline.window),
           " from ", MinuteText(frame.from_micros), " to ", MinuteText(frame.to_micros),
           " UTC; the largest is ", ShareText(most), ". The table that follows has the figures.");
  std::string drawn;
  for (const ChartWidth width : {ChartWidth::kWide, ChartWidth::kNarrow}) {
    Canvas canvas(frame, width);
    for (std::size_t c = 0; c < report.causes.size(); ++c) {
      DrawCause(timeline, report.causes[c], c, canvas);
    }
    drawn += canvas.ToSvg();
  }
  return drawn;
}

}  // namespace vigil::html
