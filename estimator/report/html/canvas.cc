#include "estimator/report/html/canvas.h"

#include "engine/base/text.h"
#include "estimator/report/markup.h"
#include "estimator/report/words.h"

namespace vigil::html {
namespace {

constexpr std::int64_t kHour = 3'600'000'000, kDay = 24 * kHour;
// 1970 began on a Thursday; weeks begin on Mondays.
constexpr std::int64_t kFirstMonday = 4 * kDay;

struct Size {
  double width, height;
  int ticks;
};
constexpr Size kWide = {760.0, 300.0, 9}, kNarrow = {360.0, 250.0, 5};

const Size& SizeOf(ChartWidth width) { return width == ChartWidth::kWide ? kWide : kNarrow; }

std::string TickText(std::int64_t micros, std::int64_t step) {
  if (step >= 90 * kDay) return MonthText(micros);
  if (step >= kDay || micros % kDay == 0) return DayText(micros);
  return ClockText(micros);
}

}  // namespace

std::vector<TimeTick> TimeTicks(std::int64_t from_micros, std::int64_t to_micros, int most) {
  std::int64_t step = kHour;
  for (const std::int64_t candidate :
       {kHour, 2 * kHour, 3 * kHour, 6 * kHour, 12 * kHour, kDay, 2 * kDay, 7 * kDay, 14 * kDay,
        28 * kDay, 91 * kDay, 182 * kDay, 364 * kDay}) {
    step = candidate;
    if ((to_micros - from_micros) / step < most) break;
  }
  while ((to_micros - from_micros) / step >= most) step *= 2;  // years on end
  const std::int64_t origin = step >= 7 * kDay ? kFirstMonday : 0;
  std::vector<TimeTick> ticks;
  std::int64_t at = (from_micros - origin) / step * step + origin;
  for (; at <= to_micros; at += step) {
    if (at >= from_micros) ticks.push_back({at, TickText(at, step)});
  }
  return ticks;
}

Canvas::Canvas(const ChartFrame& frame, ChartWidth width)
    : frame_(frame),
      width_(width),
      left_(width == ChartWidth::kWide ? 56.0 : 46.0),
      right_(SizeOf(width).width - (width == ChartWidth::kWide ? 22.0 : 16.0)),
      top_(14.0),
      bottom_(SizeOf(width).height - 30.0) {
  for (const ChartFrame::Tick& tick : frame.y_ticks) {
    const std::string y = Number(Y(tick.value));
    drawn_ += Text("<line class=\"grid\" x1=\"", Number(left_), "\" x2=\"", Number(right_),
                   "\" y1=\"", y, "\" y2=\"", y, "\"/>");
    AddText(left_ - 8.0, Y(tick.value) + 4.0, "end", tick.text);
  }
  for (const TimeTick& tick : TimeTicks(frame.from_micros, frame.to_micros, SizeOf(width).ticks)) {
    const std::string x = Number(X(tick.micros));
    drawn_ += Text("<line class=\"grid\" x1=\"", x, "\" x2=\"", x, "\" y1=\"", Number(top_),
                   "\" y2=\"", Number(bottom_), "\"/>");
    AddText(X(tick.micros), bottom_ + 19.0, "middle", tick.text);
  }
  drawn_ += Text("<path class=\"axis\" d=\"M", Number(left_), " ", Number(top_), "V",
                 Number(bottom_), "H", Number(right_), "\"/>\n");
}

double Canvas::X(std::int64_t micros) const {
  const double part = static_cast<double>(micros - frame_.from_micros) /
                      static_cast<double>(frame_.to_micros - frame_.from_micros);
  return left_ + part * (right_ - left_);
}

double Canvas::Y(double value) const {
  return bottom_ - (value - frame_.low) / (frame_.high - frame_.low) * (bottom_ - top_);
}

void Canvas::AddText(double x, double y, std::string_view anchor, std::string_view text,
                     std::string_view css_class) {
  drawn_ += Text("<text x=\"", Number(x), "\" y=\"", Number(y), "\" text-anchor=\"", anchor, "\"");
  if (!css_class.empty()) drawn_ += Text(" class=\"", css_class, "\"");
  drawn_ += Text(">", Escaped(text), "</text>");
}

std::string Canvas::ToSvg() const {
  const Size& size = SizeOf(width_);
  const std::string id = frame_.id + (narrow() ? "-narrow" : "-wide");
  return Text("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart ",
              narrow() ? "narrow" : "wide", "\" viewBox=\"0 0 ", size.width, " ", size.height,
              "\" role=\"img\" aria-labelledby=\"", id, "-title ", id, "-desc\">\n<title id=\"", id,
              "-title\">", Escaped(frame_.title), "</title><desc id=\"", id, "-desc\">",
              Escaped(frame_.description), "</desc>\n", drawn_, "</svg>\n");
}

}  // namespace vigil::html
