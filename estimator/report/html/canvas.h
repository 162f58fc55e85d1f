// The frame of a chart over time: axes, ticks, grid, and the names that a screen reader says.
#ifndef VIGIL_ESTIMATOR_REPORT_HTML_CANVAS_H_
#define VIGIL_ESTIMATOR_REPORT_HTML_CANVAS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::html {

// Charts are drawn twice, since text that is drawn for a desk cannot be read when it is shrunk to a
// phone. The page shows one of them.
enum class ChartWidth { kWide, kNarrow };

struct ChartFrame {
  std::string id;                               // of the page's elements; letters
  std::string title;                            // what a screen reader calls the picture
  std::string description;                      // and what it shows, in a sentence or two
  std::int64_t from_micros = 0, to_micros = 1;  // REQUIRES: from < to
  double low = 0.0, high = 1.0;                 // REQUIRES: low < high
  struct Tick {
    double value = 0.0;
    std::string text;
  };
  std::vector<Tick> y_ticks;
};

class Canvas {
 public:
  Canvas(const ChartFrame& frame, ChartWidth width);

  double X(std::int64_t micros) const;
  double Y(double value) const;
  double left() const { return left_; }
  double right() const { return right_; }
  double bottom() const { return bottom_; }
  bool narrow() const { return width_ == ChartWidth::kNarrow; }

  void Add(std::string_view markup) { drawn_ += markup; }
  // Escapes the text. `anchor`: start, middle or end.
  void AddText(double x, double y, std::string_view anchor, std::string_view text,
               std::string_view css_class = "");

  std::string ToSvg() const;

 private:
  const ChartFrame& frame_;
  ChartWidth width_;
  double left_, right_, top_, bottom_;
  std::string drawn_;
};

struct TimeTick {
  std::int64_t micros = 0;
  std::string text;
};
// Whole hours, days, weeks or months within [from, to], at most `most` of them.
std::vector<TimeTick> TimeTicks(std::int64_t from_micros, std::int64_t to_micros, int most);

}  // namespace vigil::html

#endif  // VIGIL_ESTIMATOR_REPORT_HTML_CANVAS_H_
