#include "estimator/report/svg_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string_view>

#include "engine/base/text.h"
#include "estimator/report/markup.h"

namespace vigil {
namespace {

constexpr double kWidth = 720, kHeight = 420, kLegendLine = 20;
constexpr double kLeft = 76, kRight = 24, kTop = 44, kBottom = 56;
// Told apart by their marks too, since colours are not for everybody.
constexpr std::array kColours = {"#0b6bcb", "#c2410c", "#15803d", "#7e22ce", "#a16207", "#0e7490"};

// One series needs no legend.
std::size_t LegendLines(const Plot& plot) {
  return plot.series.size() < 2 ? 0 : plot.series.size();
}

std::string TickText(double value) {
  char text[32];
  if (std::abs(value) >= 1e4) {
    std::snprintf(text, sizeof text, "%.0fk", value / 1e3);
  } else {
    std::snprintf(text, sizeof text, "%.4g", value);
  }
  return text;
}

// One axis: values to places between two ends.
struct Axis {
  double low = 0.0, high = 1.0, from = 0.0, to = 1.0;
  bool logarithmic = false;

  double Scaled(double value) const { return logarithmic ? std::log10(value) : value; }
  double Place(double value) const {
    return from + (Scaled(value) - low) / (high - low) * (to - from);
  }
};

Axis AxisOver(const std::vector<double>& values, double from, double to, bool logarithmic) {
  Axis axis{.from = from, .to = to, .logarithmic = logarithmic};
  if (values.empty()) return axis;
  axis.low = axis.high = axis.Scaled(values.front());
  for (const double value : values) {
    axis.low = std::min(axis.low, axis.Scaled(value));
    axis.high = std::max(axis.high, axis.Scaled(value));
  }
  const double spread = axis.high - axis.low;
  const double margin = spread > 0.0 ? 0.06 * spread : std::max(0.5, 0.1 * std::abs(axis.low));
  axis.low -= margin;
  axis.high += margin;
  return axis;
}

std::vector<double> AxisTicks(const Axis& axis, int count) {
  if (!axis.logarithmic) return TicksOf(axis.low, axis.high, count);
  std::vector<double> ticks;
  const auto first = static_cast<int>(std::floor(axis.low));
  const auto last = static_cast<int>(std::ceil(axis.high));
  for (int decade = first; decade <= last; ++decade) {
    for (const double step : {1.0, 2.0, 5.0}) {
      const double value = step * std::pow(10.0, decade);
      if (std::log10(value) >= axis.low && std::log10(value) <= axis.high) ticks.push_back(value);
    }
  }
  return ticks;
}

std::string TextAt(double x, double y, std::string_view anchor, std::string_view text,
                   std::string_view more = "") {
  return Text("<text x=\"", Number(x), "\" y=\"", Number(y), "\" text-anchor=\"", anchor, "\" ",
              more, ">", Escaped(text), "</text>\n");
}

std::string Line(double x1, double y1, double x2, double y2, std::string_view kind) {
  return Text("<line x1=\"", Number(x1), "\" y1=\"", Number(y1), "\" x2=\"", Number(x2), "\" y2=\"",
              Number(y2), "\" class=\"", kind, "\"/>\n");
}

std::string Mark(std::size_t series, double x, double y) {
  const std::string fill = Text("fill=\"", kColours[series % kColours.size()], "\"");
  switch (series % 3) {
    case 0:
      return Text("<circle cx=\"", Number(x), "\" cy=\"", Number(y), "\" r=\"4\" ", fill, "/>\n");
    case 1:
      return Text("<rect x=\"", Number(x - 4), "\" y=\"", Number(y - 4),
                  "\" width=\"8\" height=\"8\" ", fill, "/>\n");
    default:
      return Text("<path d=\"M", Number(x), " ", Number(y - 5), "l5 9h-10z\" ", fill, "/>\n");
  }
}

std::string DrawSeries(const PlotSeries& series, std::size_t index, const Axis& x_axis,
                       const Axis& y_axis) {
  std::string marks, path;
  bool pen_down = false;
  for (std::size_t i = 0; i < series.points.size(); ++i) {
    const auto [x, y] = series.points[i];
    if (!std::isfinite(x) || !std::isfinite(y)) {
      pen_down = false;
      continue;
    }
    const double px = x_axis.Place(x), py = y_axis.Place(y);
    path += Text(pen_down ? "L" : "M", Number(px), " ", Number(py));
    pen_down = true;
    marks += Mark(index, px, py);
    if (series.labels.empty()) continue;
    // Labels stay inside: those of the right half stand to the left of their mark.
    const bool right = px > kLeft + 0.6 * (kWidth - kLeft - kRight);
    marks += TextAt(px + (right ? -8 : 8), py - 6, right ? "end" : "start", series.labels[i],
                    "class=\"small\"");
  }
  if (!series.joined || path.empty()) return marks;
  return Text("<path d=\"", path, "\" fill=\"none\" stroke=\"", kColours[index % kColours.size()],
              "\" stroke-width=\"2\"/>\n", marks);
}

// Below the axes, where it covers no data.
std::string DrawLegend(const Plot& plot) {
  std::string legend;
  for (std::size_t i = 0; i < LegendLines(plot); ++i) {
    const double y = kHeight + 8 + kLegendLine * static_cast<double>(i);
    legend += Mark(i, kLeft + 6, y - 4);
    legend += TextAt(kLeft + 20, y, "start", plot.series[i].name);
  }
  return legend;
}

}  // namespace

std::vector<double> TicksOf(double low, double high, int count) {
  const double raw = (high - low) / std::max(count, 1);
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  double step = 10.0 * power;
  for (const double times : {1.0, 2.0, 5.0}) {
    if (times * power >= raw) {
      step = times * power;
      break;
    }
  }
  std::vector<double> ticks;
  for (double i = std::ceil(low / step); i * step <= high; i += 1.0) ticks.push_back(i * step);
  return ticks;
}

std::string PlotToSvg(const Plot& plot) {
  std::vector<double> xs, ys;
  for (const PlotSeries& series : plot.series) {
    for (const auto& [x, y] : series.points) {
      if (!std::isfinite(x) || !std::isfinite(y)) continue;
      xs.push_back(x);
      ys.push_back(y);
    }
  }
  const Axis x_axis = AxisOver(xs, kLeft, kWidth - kRight, plot.log_x && !xs.empty());
  const Axis y_axis = AxisOver(ys, kHeight - kBottom, kTop, false);
  std::string svg =
      Text("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", kWidth, " ",
           kHeight + kLegendLine * static_cast<double>(LegendLines(plot)),
           "\" role=\"img\" aria-label=\"", Escaped(plot.title),
           "\">\n<style>text{font:13px system-ui,sans-serif;fill:currentColor}"
           ".title{font-size:15px;font-weight:600}.small{font-size:11px}"
           ".axis{stroke:currentColor}.grid{stroke:currentColor;opacity:.15}"
           "svg{color:#1f2328;background:#fff}"
           "@media(prefers-color-scheme:dark){svg{color:#e6edf3;background:#0d1117}}</style>\n");
  svg += TextAt(kLeft, 26, "start", plot.title, "class=\"title\"");
  for (const double tick : AxisTicks(x_axis, 8)) {
    const double x = x_axis.Place(tick);
    svg += Line(x, kTop, x, kHeight - kBottom, "grid");
    svg += TextAt(x, kHeight - kBottom + 18, "middle", TickText(tick));
  }
  for (const double tick : AxisTicks(y_axis, 6)) {
    const double y = y_axis.Place(tick);
    svg += Line(kLeft, y, kWidth - kRight, y, "grid");
    svg += TextAt(kLeft - 8, y + 4, "end", TickText(tick));
  }
  svg += Line(kLeft, kHeight - kBottom, kWidth - kRight, kHeight - kBottom, "axis");
  svg += Line(kLeft, kTop, kLeft, kHeight - kBottom, "axis");
  svg += TextAt((kLeft + kWidth - kRight) / 2, kHeight - 14, "middle", plot.x_label);
  svg += TextAt(
      0, 0, "middle", plot.y_label,
      Text("transform=\"translate(18 ", Number((kTop + kHeight - kBottom) / 2), ") rotate(-90)\""));
  if (xs.empty()) svg += TextAt(kWidth / 2, kHeight / 2, "middle", "no data");
  for (std::size_t i = 0; i < plot.series.size(); ++i)
    svg += DrawSeries(plot.series[i], i, x_axis, y_axis);
  return svg + DrawLegend(plot) + "</svg>\n";
}

}  // namespace vigil
