// The report's charts, each drawn for a wide and for a narrow screen.
#ifndef VIGIL_ESTIMATOR_REPORT_HTML_CHARTS_H_
#define VIGIL_ESTIMATOR_REPORT_HTML_CHARTS_H_

#include <string>
#include <utility>
#include <vector>

#include "estimator/report/device_report.h"
#include "estimator/report/html/canvas.h"
#include "estimator/report/idle_summary.h"

namespace vigil::html {

// Series are told apart by colour and by dash or pattern. Their number, which style.cc has rules
// for.
inline constexpr int kSeries = 7;

// Accuracy as a step a window within its band; nothing is drawn where there is no estimate, but a
// strip at the foot. Windows outside calibrated conditions are hatched. Limits of alerts are lines.
// REQUIRES: a window with an estimate.
std::string AccuracyChart(const DeviceReport& report);

// The share of each cause in all inferences, a broken line where a window has no estimate.
// REQUIRES: a window with an estimate.
std::string CauseChart(const DeviceReport& report);

// A bar an hour or a day, a part a reason; what is missing to its full height is time without
// service. REQUIRES: a bucket.
std::string IdleChart(const IdleSummary& idle);

// <li> elements beside them, `swatch` being what SwatchOfLine or SwatchOfFill give.
std::string LegendItem(const std::string& swatch, const std::string& text);
std::string SwatchOfLine(int series);
std::string SwatchOfFill(int series);
// Patterns that the charts and swatches refer to; once a page.
std::string Patterns();

// A small bar from 0 to 100 % beside a figure; says nothing to a screen reader, which has the
// figure.
std::string IntervalBar(const Interval& interval);

}  // namespace vigil::html

#endif  // VIGIL_ESTIMATOR_REPORT_HTML_CHARTS_H_
