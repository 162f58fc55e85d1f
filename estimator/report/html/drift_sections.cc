// What changed, with its marks' numbers on the chart, and what to do about it.
#include "engine/base/text.h"
#include "estimator/report/drift_words.h"
#include "estimator/report/html/html_table.h"
#include "estimator/report/html/sections.h"
#include "estimator/report/markup.h"
#include "estimator/report/words.h"

namespace vigil::html {

std::string AdviceSection(const DeviceReport& report) {
  if (report.advice.empty()) return {};
  std::string items;
  for (const Advice& advice : report.advice) {
    std::string evidence;
    for (const AdviceEvidence& item : advice.evidence)
      evidence += Text("<br/><small>", Escaped(EvidenceText(item)), "</small>");
    const bool urgent =
        advice.kind == AdviceKind::kFixPipeline || advice.kind == AdviceKind::kRetrainTarget;
    items += Text("<li", urgent ? " class=\"alarm\"" : "", "><strong>", AdviceKindText(advice.kind),
                  "</strong>: ", Escaped(AdviceText(advice)), evidence, "</li>\n");
  }
  return Section("advice", "What to do?", Text("<ul class=\"alerts\">\n", items, "</ul>\n"));
}

std::string DriftSection(const DeviceReport& report) {
  if (!report.drift) return {};
  const DriftSummary& drift = *report.drift;
  std::string content;
  if (drift.events.empty()) {
    content += Paragraph(drift.watching ? "Nothing changed." : "Nothing can be said yet.");
  } else {
    HtmlTable table("Changes, the oldest first; numbered as on the chart",
                    {{"Number"}, {"What"}, {"When, UTC"}, {"What shows it"}});
    int number = 0;
    for (const DriftEvent& event : drift.events) {
      table.Add({{.text = Text(++number)},
                 {.text = Headline(event)},
                 {.text = SpanText(event),
                  .note = Text("seen ", MinuteText(event.detected_micros), ", ", event.detector)},
                 {.text = EffectText(event)}});
    }
    content += table.ToString();
  }
  if (!drift.from_reference.empty()) {
    std::string far;
    for (const SignalChange& change : drift.from_reference)
      far += Text(far.empty() ? "" : ", ", ChangeText(change));
    content += Paragraph(Text("From calibration this device differs by ", far, "."));
  }
  content += Paragraph(Text("Drift monitor: ", DriftStateText(drift), "."), "soft");
  return Section("drift", "What changed?", content);
}

}  // namespace vigil::html
