// How well T does: over all, over time, and what asks for attention.
#include <algorithm>

#include "engine/base/text.h"
#include "estimator/report/html/charts.h"
#include "estimator/report/html/html_table.h"
#include "estimator/report/html/sections.h"
#include "estimator/report/markup.h"
#include "estimator/report/words.h"

namespace vigil::html {
namespace {

std::string Note(const char* css_class, const std::string& bold, const std::string& text) {
  return Text("<p class=\"", css_class, "\"><strong>", Escaped(bold), "</strong> ", Escaped(text),
              "</p>\n");
}

std::string Figure(const DeviceReport& report) {
  const Estimate& e = report.overall;
  if (!report.models) return Note("note", "No estimate.", WhyNothingYet(report));
  const std::string beyond =
      report.beyond
          ? Paragraph(Text("Beyond T's competence: ", BeyondText(*report.beyond), "."), "soft")
          : std::string();
  if (!e.available) {
    return Note("note", "No estimate.",
                Text(e.reason_if_none, ". Verdicts: ", CountText(e.records), ".")) +
           beyond;
  }
  std::string markup = Text("<p class=\"figure\">", ShareText(e.accuracy.value),
                            "<small>estimated accuracy of T", "</small></p>\n",
                            Paragraph(Text("T was right on about ", ShareText(e.accuracy.value),
                                           " of its inferences; the ", LevelText(e.level),
                                           " interval is ", RangeText(e.accuracy), ".")),
                            Paragraph(Text(SupportText(e), ". ", RepresentedText(e), "."), "soft"));
  if (e.outside_calibrated_conditions) {
    markup += Note("alarm", "Outside calibrated conditions.", kOutsideText);
  }
  return markup + beyond;
}

std::string FiringNote(const DeviceReport& report) {
  std::string names;
  int firing = 0;
  for (const AlertState& alert : report.alerts) {
    if (!alert.firing) continue;
    ++firing;
    names += Text(names.empty() ? "" : ", ", alert.rule.name);
  }
  if (firing == 0) return {};
  return Note("alarm", firing == 1 ? "An alert is firing:" : Text(firing, " alerts are firing:"),
              names);
}

std::string WindowNote(const TimelinePoint& point) {
  const Estimate& e = point.estimate;
  std::string note = e.available ? "" : e.reason_if_none;
  if (e.available && e.outside_calibrated_conditions) note = "outside calibrated conditions";
  if (point.unfinished) note += note.empty() ? "unfinished" : "; unfinished";
  return note;
}

std::string WindowTable(const DeviceReport& report) {
  HtmlTable table(
      Text("Estimated accuracy by window of ", WindowText(report.timeline.window), ", UTC"),
      {{"Window from"},
       {.header = Text("Accuracy (", LevelText(report.level), " interval)"), .breaks = true},
       {"Verdicts", true},
       {"Inferences", true}});
  for (const TimelinePoint& point : report.timeline.points) {
    const Estimate& e = point.estimate;
    const std::vector<HtmlCell> cells = {
        {.text = WindowStart(point.from_micros, point.to_micros), .note = WindowNote(point)},
        {.text = e.available ? FigureText(e.accuracy) : "none"},
        {.text = CountText(e.records)},
        {.text = CountText(e.inferences)}};
    table.Add(cells);
  }
  return table.ToString();
}

std::string StrayVerdicts(const Timeline& timeline) {
  std::string text;
  if (timeline.before > 0) {
    text += Text(CountText(timeline.before), " verdicts are older than the windows shown. ");
  }
  if (timeline.after > 0) {
    text += Text(CountText(timeline.after),
                 " verdicts are dated later than now: the device's clock was wrong.");
  }
  return text.empty() ? text : Paragraph(text, "soft");
}

}  // namespace

std::string Section(const std::string& id, const std::string& heading, const std::string& content) {
  return Text("<section aria-labelledby=\"", id, "-heading\">\n<h2 id=\"", id, "-heading\">",
              Escaped(heading), "</h2>\n", content, "</section>\n");
}

std::string Paragraph(const std::string& text, const std::string& css_class) {
  return Text("<p", css_class.empty() ? "" : Text(" class=\"", css_class, "\""), ">", Escaped(text),
              "</p>\n");
}

std::string HeadlineSection(const DeviceReport& report) {
  return Section("headline", "How well does T do?", FiringNote(report) + Figure(report));
}

std::string AlertSection(const DeviceReport& report) {
  if (report.alerts.empty()) return {};
  std::string items;
  for (const AlertState& alert : report.alerts) {
    const std::string state =
        alert.firing ? Text("FIRING since ", MinuteText(alert.since_micros)) : "quiet";
    items +=
        Text("<li", alert.firing ? " class=\"alarm\"" : "", "><strong>", Escaped(alert.rule.name),
             "</strong>: ", state, "<br/>", Escaped(alert.line), "</li>\n");
  }
  return Section("alerts", "Alerts",
                 Text("<ul class=\"alerts\">\n", items, "</ul>\n",
                      Paragraph(Text("Rules on windows of ", WindowText(report.alert_window),
                                     "; windows without an estimate do not count."),
                                "soft")));
}

std::string TimeSection(const DeviceReport& report) {
  const std::vector<TimelinePoint>& points = report.timeline.points;
  if (points.empty()) return {};
  const auto with = [&](auto&& condition) { return std::ranges::any_of(points, condition); };
  std::string content;
  if (with([](const TimelinePoint& p) { return p.estimate.available; })) {
    std::string legend = LegendItem(
        SwatchOfLine(0), Text("estimate, a step a window of ", WindowText(report.timeline.window)));
    const auto box = [](const char* paint) {
      return Text("<svg width=\"18\" height=\"14\" aria-hidden=\"true\" focusable=\"false\">",
                  "<rect width=\"18\" height=\"14\" ", paint, "/></svg>");
    };
    legend += LegendItem(box("class=\"band\""), Text(LevelText(report.level), " interval"));
    if (with([](const TimelinePoint& p) {
          return p.estimate.available && p.estimate.outside_calibrated_conditions;
        })) {
      legend += LegendItem(box("fill=\"url(#outside)\""), "outside calibrated conditions");
    }
    if (with([](const TimelinePoint& p) { return !p.estimate.available; })) {
      legend += LegendItem(box("class=\"none\""), "at the foot: no estimate");
    }
    if (report.drift && !report.drift->events.empty())
      legend += LegendItem(box("class=\"event-span\""), "changes, numbered as in their table");
    content += Text("<figure>\n", AccuracyChart(report), "<figcaption><ul class=\"legend\">\n",
                    legend, "</ul></figcaption></figure>\n");
  } else {
    content += Paragraph("No window has an estimate; the table says why.");
  }
  content += StrayVerdicts(report.timeline);
  content += Details(
      Text("The same as a table: ", points.size(), points.size() == 1 ? " window" : " windows"),
      WindowTable(report));
  return Section("time", "Accuracy over time", content);
}

}  // namespace vigil::html
