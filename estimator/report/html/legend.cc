#include "engine/base/text.h"
#include "estimator/report/html/charts.h"
#include "estimator/report/markup.h"

namespace vigil::html {
namespace {

constexpr const char* kHidden = "aria-hidden=\"true\" focusable=\"false\"";

// What lies over a series' colour, so that nobody needs to tell colours apart.
constexpr const char* kMarks[kSeries] = {
    "",                                          // the first is plain
    "<path d=\"M-2 2l4-4M0 8l8-8M6 10l4-4\"/>",  // rising
    "<circle cx=\"2\" cy=\"2\" r=\"1\"/><circle cx=\"6\" cy=\"6\" r=\"1\"/>",
    "<path d=\"M0 2h8M0 6h8\"/>",
    "<path d=\"M2 0v8M6 0v8\"/>",
    "<path d=\"M-2 6l4 4M0 0l8 8M6-2l4 4\"/>",  // falling
    "<path d=\"M0 0l8 8M8 0l-8 8\"/>"};

}  // namespace

std::string Patterns() {
  std::string patterns =
      Text("<svg class=\"patterns\" width=\"0\" height=\"0\" ", kHidden, "><defs>\n");
  for (int i = 0; i < kSeries; ++i) {
    patterns +=
        Text("<pattern id=\"fill", i, "\" width=\"8\" height=\"8\" patternUnits=\"",
             "userSpaceOnUse\"><rect class=\"f", i, "\" width=\"8\" height=\"8\"/><g class=\"",
             "mark\">", kMarks[i], "</g></pattern>\n");
  }
  return patterns +
         "<pattern id=\"outside\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
         "<rect class=\"band\" width=\"8\" height=\"8\"/><path class=\"hatch\" "
         "d=\"M-2 2l4-4M0 8l8-8M6 10l4-4\"/></pattern>\n</defs></svg>\n";
}

std::string LegendItem(const std::string& swatch, const std::string& text) {
  return Text("<li>", swatch, " ", Escaped(text), "</li>\n");
}

std::string SwatchOfLine(int series) {
  return Text("<svg width=\"34\" height=\"12\" ", kHidden, "><path class=\"line s", series,
              "\" d=\"M0 6h34\"/></svg>");
}

std::string SwatchOfFill(int series) {
  return Text("<svg width=\"18\" height=\"14\" ", kHidden,
              "><rect width=\"18\" height=\"14\" fill=\"url(#fill", series, ")\"/></svg>");
}

std::string IntervalBar(const Interval& interval) {
  constexpr double kWidth = 120.0;
  const auto x = [](double share) { return Number(2.0 + share * (kWidth - 4.0)); };
  return Text("<svg class=\"bar\" width=\"", kWidth, "\" height=\"14\" ", kHidden,
              "><path class=\"axis\" d=\"M", x(0.0), " 7H", x(1.0),
              "\"/><path class=\"reach\" d=\"M", x(interval.low), " 7H", x(interval.high),
              "\"/><circle class=\"f0\" cx=\"", x(interval.value), "\" cy=\"7\" r=\"4\"/></svg>");
}

}  // namespace vigil::html
