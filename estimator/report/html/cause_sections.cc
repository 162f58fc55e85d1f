// Why T fails, and where.
#include <algorithm>

#include "engine/base/text.h"
#include "estimator/report/html/charts.h"
#include "estimator/report/html/html_table.h"
#include "estimator/report/html/sections.h"
#include "estimator/report/words.h"

namespace vigil::html {
namespace {

const CauseShare* ShareOf(const Estimate& estimate, Cause cause) {
  const auto found = std::ranges::find(estimate.causes, cause, &CauseShare::cause);
  return found == estimate.causes.end() ? nullptr : &*found;
}

std::string CauseTable(const DeviceReport& report) {
  const std::string interval = Text(" (", LevelText(report.level), " interval)");
  HtmlTable table("Causes over the whole time",
                  {{"Cause"},
                   {.header = "Of all inferences" + interval, .breaks = true},
                   {.header = "Of failures" + interval, .breaks = true}});
  for (const Cause cause : report.causes) {
    const CauseShare* share = ShareOf(report.overall, cause);
    if (share == nullptr) continue;
    table.Add(
        {std::string(CauseName(cause)), FigureText(share->of_all), FigureText(share->of_failures)});
  }
  return table.ToString();
}

std::string CauseWindows(const DeviceReport& report) {
  std::vector<HtmlColumn> columns = {{"Window from"}};
  for (const Cause cause : report.causes) columns.push_back({std::string(CauseName(cause)), true});
  HtmlTable table("Share of each cause in all inferences, by window, UTC", std::move(columns));
  for (const TimelinePoint& point : report.timeline.points) {
    std::vector<std::string> cells = {WindowStart(point.from_micros, point.to_micros)};
    for (const Cause cause : report.causes) {
      const CauseShare* share = point.estimate.available ? ShareOf(point.estimate, cause) : nullptr;
      cells.push_back(share == nullptr ? "none" : ShareText(share->of_all.value));
    }
    table.Add(cells);
  }
  return table.ToString();
}

std::string NoteOf(const DeviceReport& report, const TagValue& value) {
  if (!value.estimate) {
    return Text("fewer than ", report.min_verdicts_a_slice, " verdicts: no figures");
  }
  if (!value.estimate->available) return value.estimate->reason_if_none;
  return value.estimate->outside_calibrated_conditions ? "outside calibrated conditions" : "";
}

std::string ValueTable(const DeviceReport& report, const TagSlices& slices) {
  HtmlTable table(
      Text("Tag ", slices.key),
      {{"Value"},
       {.header = Text("Accuracy (", LevelText(report.level), " interval)"), .breaks = true},
       {.header = "0 to 100 %", .desk = true},
       {"Verdicts", true}});
  for (const TagValue& value : slices.values) {
    const bool has = value.estimate && value.estimate->available;
    const std::vector<HtmlCell> cells = {
        {.text = value.value, .note = NoteOf(report, value)},
        {.text = has ? FigureText(value.estimate->accuracy) : "none"},
        {.drawing = has ? IntervalBar(value.estimate->accuracy) : ""},
        {.text = CountText(value.verdicts)}};
    table.Add(cells);
  }
  return table.ToString();
}

}  // namespace

std::string CauseSection(const DeviceReport& report) {
  if (report.overall.causes.empty() || report.causes.empty()) return {};
  std::string content = Paragraph(
      "What PE says, its own errors not taken out; an inference may have several causes, and other "
      "means none of the known ones.",
      "soft");
  content += CauseTable(report);
  const bool over_time = std::ranges::any_of(
      report.timeline.points, [](const TimelinePoint& p) { return p.estimate.available; });
  if (over_time) {
    std::string legend;
    for (std::size_t c = 0; c < report.causes.size(); ++c) {
      legend +=
          LegendItem(SwatchOfLine(static_cast<int>(c)), std::string(CauseName(report.causes[c])));
    }
    content +=
        Text("<figure>\n", CauseChart(report), "<figcaption><ul class=\"legend\">\n", legend,
             "</ul></figcaption></figure>\n", Details("The same as a table", CauseWindows(report)));
  }
  return Section("causes", "Why does it fail?", content);
}

std::string TagSection(const DeviceReport& report) {
  if (report.tags.empty()) return {};
  std::string content;
  for (const TagSlices& slices : report.tags) {
    content += ValueTable(report, slices);
    std::string rest;
    if (slices.further_values > 0) {
      rest += Text("And ", CountText(slices.further_values), " rarer values with ",
                   CountText(slices.further_verdicts), " verdicts. ");
    }
    if (slices.without > 0) {
      rest += Text(CountText(slices.without), " verdicts are without this tag.");
    }
    if (!rest.empty()) content += Paragraph(rest, "soft");
  }
  content += Paragraph(Text("A value of fewer than ", report.min_verdicts_a_slice,
                            " verdicts has no figures: they would say more of whoever was there "
                            "than of T."),
                       "soft");
  return Section("tags", "By tag", content);
}

}  // namespace vigil::html
