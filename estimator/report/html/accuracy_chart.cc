#include <algorithm>
#include <cmath>

#include "engine/base/text.h"
#include "estimator/report/html/charts.h"
#include "estimator/report/markup.h"
#include "estimator/report/svg_plot.h"
#include "estimator/report/words.h"

namespace vigil::html {
namespace {

struct Reach {
  double low = 1.0, high = 0.0;
  int available = 0;
  double least = 1.0, most = 0.0;  // of the estimates themselves
};

Reach ReachOf(const DeviceReport& report) {
  Reach reach;
  for (const TimelinePoint& point : report.timeline.points) {
    if (!point.estimate.available) continue;
    const Interval& accuracy = point.estimate.accuracy;
    ++reach.available;
    reach.low = std::min(reach.low, accuracy.low);
    reach.high = std::max(reach.high, accuracy.high);
    reach.least = std::min(reach.least, accuracy.value);
    reach.most = std::max(reach.most, accuracy.value);
  }
  for (const AlertState& alert : report.alerts) {
    if (alert.rule.kind != AlertKind::kAccuracyBelow) continue;
    reach.low = std::min(reach.low, alert.rule.limit - 0.02);
    reach.high = std::max(reach.high, alert.rule.limit + 0.02);
  }
  reach.low = std::max(0.0, std::floor(reach.low * 10.0) / 10.0);
  reach.high = std::min(1.0, std::max(std::ceil(reach.high * 10.0) / 10.0, reach.low + 0.2));
  reach.low = std::min(reach.low, reach.high - 0.2);
  return reach;
}

std::string Rectangle(double x1, double y1, double x2, double y2) {
  return Text("M", Number(x1), " ", Number(y1), "H", Number(x2), "V", Number(y2), "H", Number(x1),
              "Z");
}

void DrawBands(const Timeline& timeline, Canvas& canvas) {
  std::string inside, outside, none;
  for (const TimelinePoint& point : timeline.points) {
    const double x1 = canvas.X(point.from_micros), x2 = canvas.X(point.to_micros);
    const Estimate& e = point.estimate;
    if (!e.available) {
      none += Rectangle(x1, canvas.bottom() - 5.0, x2, canvas.bottom());
    } else {
      (e.outside_calibrated_conditions ? outside : inside) +=
          Rectangle(x1, canvas.Y(e.accuracy.high), x2, canvas.Y(e.accuracy.low));
    }
  }
  if (!inside.empty()) canvas.Add(Text("<path class=\"band\" d=\"", inside, "\"/>\n"));
  if (!outside.empty()) canvas.Add(Text("<path fill=\"url(#outside)\" d=\"", outside, "\"/>\n"));
  if (!none.empty()) canvas.Add(Text("<path class=\"none\" d=\"", none, "\"/>\n"));
}

void DrawSteps(const Timeline& timeline, Canvas& canvas) {
  std::string steps;
  bool pen_down = false;
  for (const TimelinePoint& point : timeline.points) {
    if (!point.estimate.available) {
      pen_down = false;
      continue;
    }
    const std::string y = Number(canvas.Y(point.estimate.accuracy.value));
    steps += pen_down ? Text("V", y) : Text("M", Number(canvas.X(point.from_micros)), " ", y);
    steps += Text("H", Number(canvas.X(point.to_micros)));
    pen_down = true;
  }
  // Steps that are narrower than this would run into each other.
  const double width =
      (canvas.right() - canvas.left()) / static_cast<double>(timeline.points.size());
  canvas.Add(
      Text("<path class=\"line ", width < 4.0 ? "fine" : "step", "\" d=\"", steps, "\"/>\n"));
}

void DrawLimits(const DeviceReport& report, Canvas& canvas) {
  for (const AlertState& alert : report.alerts) {
    if (alert.rule.kind != AlertKind::kAccuracyBelow) continue;
    const double y = canvas.Y(alert.rule.limit);
    canvas.Add(Text("<path class=\"limit\" d=\"M", Number(canvas.left()), " ", Number(y), "H",
                    Number(canvas.right()), "\"/>"));
    canvas.AddText(canvas.right() - 4.0, y - 5.0, "end",
                   Text("alert ", Shortened(Printable(alert.rule.name), canvas.narrow() ? 16 : 40),
                        ": ", ShareText(alert.rule.limit, 0)),
                   "limit-name");
  }
}

// Behind everything else; with its number in the table of changes at its top. One that reaches
// over the chart's edge is drawn as far as it goes.
void DrawEvents(const DeviceReport& report, const ChartFrame& frame, Canvas& canvas) {
  if (!report.drift) return;
  const double top = canvas.Y(frame.high);
  int number = 0;
  for (const DriftEvent& event : report.drift->events) {
    ++number;
    const std::int64_t end = event.ended_micros.value_or(frame.to_micros);
    if (end <= frame.from_micros || event.start_micros >= frame.to_micros) continue;
    const double x1 = canvas.X(std::max(event.start_micros, frame.from_micros));
    // What became normal is marked where it began, not for ever.
    if (!event.lasting) {
      const double x2 = canvas.X(std::min(end, frame.to_micros));
      canvas.Add(Text("<path class=\"event-span\" d=\"", Rectangle(x1, top, x2, canvas.bottom()),
                      "\"/>\n"));
    }
    canvas.Add(Text("<path class=\"event\" d=\"M", Number(x1), " ", Number(top), "V",
                    Number(canvas.bottom()), "\"/>"));
    canvas.AddText(x1 + 3.0, top + 12.0, "start", Text(number), "event-name");
  }
}

}  // namespace

std::string AccuracyChart(const DeviceReport& report) {
  const Timeline& timeline = report.timeline;
  const Reach reach = ReachOf(report);
  ChartFrame frame{.id = "accuracy", .title = "Estimated accuracy over time"};
  frame.from_micros = timeline.points.front().from_micros;
  frame.to_micros = timeline.points.back().to_micros;
  frame.low = reach.low;
  frame.high = reach.high;
  for (const double tick : TicksOf(reach.low - 1e-9, reach.high + 1e-9, 5)) {
    frame.y_ticks.push_back({tick, ShareText(tick, 0)});
  }
  frame.description =
      Text("Windows of ", WindowText(timeline.window), " from ", MinuteText(frame.from_micros),
           " to ", MinuteText(frame.to_micros), " UTC. ", reach.available, " of ",
           timeline.points.size(), " windows have an estimate, between ", ShareText(reach.least),
           " and ", ShareText(reach.most), ". ",
           report.drift && !report.drift->events.empty() ? "Changes are marked with their numbers. "
                                                         : "",
           "The table that follows has the figures.");
  std::string drawn;
  for (const ChartWidth width : {ChartWidth::kWide, ChartWidth::kNarrow}) {
    Canvas canvas(frame, width);
    DrawEvents(report, frame, canvas);
    DrawBands(timeline, canvas);
    DrawSteps(timeline, canvas);
    DrawLimits(report, canvas);
    drawn += canvas.ToSvg();
  }
  return drawn;
}

}  // namespace vigil::html
