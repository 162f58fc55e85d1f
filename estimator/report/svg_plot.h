// Plots as self-contained SVG: no scripts, no fonts or files from elsewhere, readable in light and
// dark.
#ifndef VIGIL_ESTIMATOR_REPORT_SVG_PLOT_H_
#define VIGIL_ESTIMATOR_REPORT_SVG_PLOT_H_

#include <string>
#include <utility>
#include <vector>

namespace vigil {

struct PlotSeries {
  std::string name;
  std::vector<std::pair<double, double>> points;  // x, y; in the order in which they are joined
  bool joined = true;                             // by a line; else marks alone
  std::vector<std::string> labels;                // beside the points; empty, or one a point
};

struct Plot {
  std::string title, x_label, y_label;
  bool log_x = false;  // every x must be positive
  std::vector<PlotSeries> series;
};

// An <svg> element of 720 x 420 units, 20 higher for each of several series, which a legend below
// names; with the title as its accessible name. Points that are not
// finite are left out, as is the line to them. Without any, the axes say "no data".
std::string PlotToSvg(const Plot& plot);

// Positions of axis ticks in [low, high], on 1, 2 or 5 times a power of ten, about `count` of them.
// REQUIRES: low < high.
std::vector<double> TicksOf(double low, double high, int count);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_REPORT_SVG_PLOT_H_
