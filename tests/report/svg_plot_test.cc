#include "estimator/report/svg_plot.h"

#include <limits>

#include <gtest/gtest.h>

namespace vigil {
namespace {

std::size_t CountOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

TEST(TicksOf, StandOnRoundNumbersInside) {
  const std::vector<double> ticks = TicksOf(0.13, 0.87, 4);
  ASSERT_EQ(ticks.size(), 4u);
  EXPECT_NEAR(ticks.front(), 0.2, 1e-12);
  EXPECT_NEAR(ticks.back(), 0.8, 1e-12);
  EXPECT_EQ(TicksOf(1.0, 8.0, 8).size(), 8u);
}

TEST(PlotToSvg, DrawsEveryFinitePoint_AndBreaksTheLineAtOthers) {
  Plot plot{.title = "loss < 1 & more", .x_label = "epoch", .y_label = "loss"};
  plot.series.push_back(
      {"a", {{1, 2}, {2, std::numeric_limits<double>::quiet_NaN()}, {3, 1}}, true, {}});
  const std::string svg = PlotToSvg(plot);
  EXPECT_EQ(CountOf(svg, "<circle"), 2u);
  EXPECT_NE(svg.find("loss &lt; 1 &amp; more"), std::string::npos);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("<script"), std::string::npos);
  // Two moves and no line: nothing is drawn through what was not measured.
  const std::size_t path = svg.find("<path d=\"M");
  ASSERT_NE(path, std::string::npos);
  const std::string drawn = svg.substr(path, svg.find('"', path + 9) - path);
  EXPECT_EQ(CountOf(drawn, "M"), 2u);
  EXPECT_EQ(CountOf(drawn, "L"), 0u);
}

TEST(PlotToSvg, OnALogarithmicAxis_PutsDecadesAtEqualDistances) {
  Plot plot{.title = "bytes", .log_x = true};
  plot.series.push_back({"a", {{100, 0}, {1000, 1}, {10000, 2}}, false, {}});
  const std::string svg = PlotToSvg(plot);
  std::vector<double> places;
  for (std::size_t at = svg.find("<circle cx=\""); at != std::string::npos;
       at = svg.find("<circle cx=\"", at + 1)) {
    places.push_back(std::stod(svg.substr(at + 12)));
  }
  ASSERT_EQ(places.size(), 3u);
  EXPECT_NEAR(places[1] - places[0], places[2] - places[1], 0.2);
  EXPECT_EQ(CountOf(svg, "<path"), 0u);
}

TEST(PlotToSvg, OfNothing_SaysSo) {
  EXPECT_NE(PlotToSvg({.title = "none", .log_x = true}).find("no data"), std::string::npos);
}

}  // namespace
}  // namespace vigil
