// What was sampled, what became of it, when PE ran and why not, and which models these are.
#include <algorithm>

#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "estimator/report/html/charts.h"
#include "estimator/report/html/html_table.h"
#include "estimator/report/html/sections.h"
#include "estimator/report/idle_summary.h"
#include "estimator/report/incident_words.h"
#include "estimator/report/markup.h"
#include "estimator/report/words.h"

namespace vigil::html {
namespace {

std::string ReasonTable(const IdleSummary& idle) {
  HtmlTable table("What PE did, and why",
                  {{"PE was"}, {"Time", true}, {"Share", true}, {"Records judged", true}});
  for (std::size_t i = 0; i < idle.reasons.size(); ++i) {
    const IdleReason& reason = idle.reasons[i];
    table.Add(
        {{.text = Text(" ", ReasonText(reason)), .drawing = SwatchOfFill(static_cast<int>(i))},
         {.text = HoursText(reason.seconds)},
         {.text = ShareText(reason.seconds / std::max(idle.seconds, 1e-9))},
         {.text = CountText(reason.records)}});
  }
  return table.ToString();
}

std::string BucketTable(const IdleSummary& idle) {
  std::vector<HtmlColumn> columns = {{"From"}};
  for (const IdleReason& reason : idle.reasons) columns.push_back({ReasonText(reason), true});
  columns.push_back({"No service", true});
  columns.push_back({"Records judged", true});
  HtmlTable table("What PE did, by time, UTC", std::move(columns));
  for (const IdleBucket& bucket : idle.buckets) {
    std::vector<std::string> cells = {
        WindowStart(bucket.from_micros, bucket.from_micros + idle.bucket_micros)};
    for (const double seconds : bucket.seconds) cells.push_back(HoursText(seconds));
    cells.push_back(HoursText(bucket.MissingSeconds()));
    cells.push_back(CountText(bucket.records));
    table.Add(cells);
  }
  return table.ToString();
}

std::string HashCode(std::uint64_t hash) { return Text("<code>", HashToHex(hash), "</code>"); }

std::string Fact(const char* what, const std::string& markup) {
  return Text("<dt>", what, "</dt><dd>", markup, "</dd>\n");
}

}  // namespace

std::string IdleSection(const DeviceReport& report) {
  const IdleSummary idle = SummariseIdle(report.idle, report.made_micros);
  if (idle.reasons.empty()) {
    return Section("idle", "What ran when, and why not?", Paragraph(kNothingNoted));
  }
  std::string content = Text("<figure>\n", IdleChart(idle), "</figure>\n", ReasonTable(idle));
  content +=
      Paragraph("What a bar lacks to its full height is time in which no service ran.", "soft");
  content += Details("The chart as a table", BucketTable(idle));
  return Section("idle", "What ran when, and why not?", content);
}

std::string SampleSection(const DeviceReport& report) {
  const EpochCounts& c = report.counts;
  HtmlTable table(
      Text("Counts over ", CountOfText(report.epochs, "sampling epoch", "sampling epochs")),
      {{"What"}, {"Count", true}, {"Meaning"}});
  const auto add = [&](const char* what, std::int64_t count, const char* meaning) {
    table.Add({what, CountText(count), meaning});
  };
  add("inferences", c.seen, "seen by the sampler");
  add("kept", c.kept, "records, a fair sample of each epoch");
  add("judged", c.judged, "verdicts; what was kept of them is deleted");
  add("waiting", report.stored.records, "records that PE has not judged");
  add("dropped", c.dropped, "lost to the sample: not represented");
  add("expired", c.expired, "removed unjudged, for room or age: not represented");
  add("set aside", c.set_aside, "PE failed on them twice");
  add("images", report.stored.images, "there is no place for any");
  std::string content = table.ToString();
  if (!report.set_aside.empty()) {
    HtmlTable faults("Why records were set aside",
                     {{"Fault"}, {"Code"}, {"Records", true}, {"Newest message"}});
    for (const SetAsideFault& fault : report.set_aside) {
      faults.Add({fault.fault, fault.code, CountText(fault.records), fault.message});
    }
    content += faults.ToString();
  }
  return Section("sample", "What was sampled?", content);
}

std::string IncidentSection(const DeviceReport& report) {
  if (report.incidents.empty()) return {};
  HtmlTable table("Incidents, the newest first", {{"Where"},
                                                  {"Fault"},
                                                  {"Severity"},
                                                  {"To mend"},
                                                  {"Times", true},
                                                  {"First", true, false, true},
                                                  {"Last", true},
                                                  {"Newest message"}});
  for (const Incident& incident : report.incidents) {
    table.Add({incident.place, Text(incident.fault, ", ", incident.code),
               std::string(SeverityText(incident)), std::string(EffortText(incident)),
               CountText(incident.count), MinuteText(incident.first_micros),
               MinuteText(incident.last_micros), incident.message});
  }
  return Section("incidents", "What went wrong?", table.ToString());
}

std::string ModelSection(const DeviceReport& report) {
  std::string facts;
  const auto model = [&](const char* what, const std::string& name, std::uint64_t hash) {
    std::string markup = Escaped(name);
    if (report.models) markup += Text(name.empty() ? "" : " ", HashCode(hash));
    if (!markup.empty()) facts += Fact(what, markup);
  };
  const ModelPair models = report.models.value_or(ModelPair{});
  model("T, the target model", report.target_name, models.model_hash);
  model("PE, the performance estimator", report.estimator_name, models.estimator_hash);
  if (!report.backend.empty()) facts += Fact("PE runs on", Escaped(report.backend));
  facts += Fact("Independent of each other", Text("blocks: ", Escaped(report.blocks)));
  for (const LeftOutVerdicts& other : report.left_out) {
    facts += Fact("Left out", Text(CountText(other.verdicts), " verdicts on T ",
                                   HashCode(other.models.model_hash), " by PE ",
                                   HashCode(other.models.estimator_hash)));
  }
  return Section("models", "Who says so?", Text("<dl>\n", facts, "</dl>\n"));
}

}  // namespace vigil::html
