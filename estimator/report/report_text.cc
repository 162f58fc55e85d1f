#include "estimator/report/report_text.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "estimator/report/drift_words.h"
#include "estimator/report/idle_summary.h"
#include "estimator/report/incident_words.h"
#include "estimator/report/markup.h"
#include "estimator/report/slice_words.h"
#include "estimator/report/text_table.h"
#include "estimator/report/words.h"

namespace vigil {
namespace {

constexpr std::size_t kRows = 31;  // of windows, of days

// "  what                   figure", the figure broken at spaces so that it keeps the width.
std::string Fact(const std::string& what, const std::string& figure) {
  constexpr std::size_t kFigureAt = 25;
  std::string lines, line = "  " + what;
  line.append(Columns(line) < kFigureAt - 1 ? kFigureAt - 1 - Columns(line) : 1, ' ');
  std::istringstream words(Printable(figure));
  for (std::string word; words >> word;) {
    word = Shortened(word, kTextColumns - kFigureAt);
    if (Columns(line) + 1 + Columns(word) > kTextColumns) {
      lines += line + "\n";
      line.assign(kFigureAt - 1, ' ');
    }
    line += " " + word;
  }
  return lines + line + "\n";
}

// Empty where neither is known.
std::string Model(const char* what, const std::string& name, const DeviceReport& report,
                  std::uint64_t ModelPair::*hash) {
  std::string figure = name;
  if (report.models) {
    const std::string hex = HashToHex((*report.models).*hash);
    figure = name.empty() ? hex : Text(name, " (", hex, ")");
  }
  return figure.empty() ? "" : Fact(what, figure);
}

std::string Head(const DeviceReport& r) {
  std::string text =
      Text("Vigil report, made ", MinuteText(r.made_micros), "; all times are UTC\n");
  if (r.first_micros) {
    text += Fact("inferences from, to",
                 Text(MinuteText(*r.first_micros), " to ", MinuteText(*r.last_micros)));
  }
  text += Model("T", r.target_name, r, &ModelPair::model_hash);
  text += Model("PE", r.estimator_name, r, &ModelPair::estimator_hash);
  if (!r.backend.empty()) text += Fact("PE runs on", r.backend);
  for (const LeftOutVerdicts& other : r.left_out) {
    text += Fact("left out", Text(CountText(other.verdicts), " verdicts on T ",
                                  HashToHex(other.models.model_hash), " by PE ",
                                  HashToHex(other.models.estimator_hash)));
  }
  return text;
}

std::string Headline(const DeviceReport& r) {
  std::string text = "\nHow well does T do?\n";
  if (!r.models) return text + Fact("estimated accuracy", Text("none: ", WhyNothingYet(r)));
  const Estimate& e = r.overall;
  const std::string beyond =
      r.beyond ? Fact("beyond competence", BeyondText(*r.beyond)) : std::string();
  if (!e.available) {
    text += Fact("estimated accuracy", Text("none: ", e.reason_if_none));
    return text + Fact("verdicts", CountText(e.records)) + beyond;
  }
  text += Fact("estimated accuracy", Text(ShareText(e.accuracy.value), ", ", LevelText(e.level),
                                          " interval ", RangeText(e.accuracy)));
  text += Fact("from", SupportText(e));
  text += Fact("", RepresentedText(e));
  if (e.outside_calibrated_conditions) text += Fact("OUTSIDE CALIBRATED", kOutsideText);
  return text + beyond;
}

std::string Alerts(const DeviceReport& r) {
  if (r.alerts.empty()) return {};
  std::string text = Text("\nAlerts (windows of ", WindowText(r.alert_window), ")\n");
  for (const AlertState& state : r.alerts) {
    text += Fact(Shortened(Printable(state.rule.name), 20),
                 Text(state.firing ? Text("FIRING since ", MinuteText(state.since_micros), ": ")
                                   : std::string("quiet: "),
                      state.line));
  }
  return text;
}

// "[    |--o--|   ]" from `low` to `high`.
std::string Bar(const Interval& interval, double low, double high) {
  constexpr int kCells = 24;
  const auto cell = [&](double share) {
    return std::clamp(static_cast<int>(std::lround((share - low) / (high - low) * (kCells - 1))), 0,
                      kCells - 1);
  };
  std::string bar(kCells, ' ');
  for (int c = cell(interval.low); c <= cell(interval.high); ++c)
    bar[static_cast<std::size_t>(c)] = '-';
  bar[static_cast<std::size_t>(cell(interval.value))] = 'o';
  return "[" + bar + "]";
}

std::string WindowNote(const TimelinePoint& point) {
  if (point.estimate.records == 0) return "no verdicts";
  if (!point.estimate.available) return point.estimate.reason_if_none;
  if (point.estimate.outside_calibrated_conditions) return "outside calibration";
  return point.unfinished ? "unfinished" : "";
}

std::string ToDo(const DeviceReport& r) {
  if (r.advice.empty()) return {};
  std::string text = "\nWhat to do?\n";
  for (const Advice& advice : r.advice) {
    text += Fact(std::string(AdviceKindText(advice.kind)), AdviceText(advice));
    for (const AdviceEvidence& evidence : advice.evidence) text += Fact("", EvidenceText(evidence));
  }
  return text;
}

std::string Changes(const DeviceReport& r) {
  if (!r.drift) return {};
  std::string text = "\nWhat changed?\n";
  int number = 0;
  for (const DriftEvent& event : r.drift->events) {
    text += Fact(Text("change ", ++number), Headline(event));
    text += Fact("", SpanText(event));
    text += Fact("", EffectText(event));
  }
  if (r.drift->events.empty() && r.drift->watching) text += Fact("changes", "none");
  for (const SignalChange& change : r.drift->from_reference)
    text += Fact("from calibration", ChangeText(change));
  return text + Fact("drift monitor", DriftStateText(*r.drift));
}

std::string OverTime(const DeviceReport& r) {
  const std::vector<TimelinePoint>& points = r.timeline.points;
  if (points.empty()) return {};
  double low = 1.0, high = 0.0;
  for (const TimelinePoint& point : points) {
    if (!point.estimate.available) continue;
    low = std::min(low, std::floor(point.estimate.accuracy.low * 10.0) / 10.0);
    high = std::max(high, std::ceil(point.estimate.accuracy.high * 10.0) / 10.0);
  }
  const bool any = low < high;
  TextTable table({{"window from", true},
                   {"accuracy"},
                   {any ? Text(ShareText(low, 0), " to ", ShareText(high, 0)) : "", true},
                   {"interval", true},
                   {"verdicts"},
                   {"", true, true}});
  const std::size_t first = points.size() > kRows ? points.size() - kRows : 0;
  for (std::size_t i = first; i < points.size(); ++i) {
    const TimelinePoint& point = points[i];
    const Estimate& e = point.estimate;
    table.Add({WindowStart(point.from_micros, point.to_micros),
               e.available ? ShareText(e.accuracy.value) : "-",
               e.available ? Bar(e.accuracy, low, high) : "",
               e.available ? RangeText(e.accuracy) : "", CountText(e.records), WindowNote(point)});
  }
  std::string text =
      Text("\nOver time (windows of ", WindowText(r.timeline.window), ")\n", table.ToString());
  if (first > 0) text += Text("  ", first, " earlier windows: --json has them\n");
  return text;
}

std::string Causes(const DeviceReport& r) {
  if (r.overall.causes.empty()) return {};
  TextTable table({{"cause", true},
                   {"of all inferences"},
                   {"interval", true},
                   {"of failures"},
                   {"interval", true}});
  for (const CauseShare& share : r.overall.causes) {
    if (!std::ranges::count(r.causes, share.cause) && !r.causes.empty()) continue;
    table.Add({std::string(CauseName(share.cause)), ShareText(share.of_all.value),
               RangeText(share.of_all), ShareText(share.of_failures.value),
               RangeText(share.of_failures)});
  }
  return Text("\nWhy does it fail? (what PE says; an inference may have several causes)\n",
              table.ToString());
}

std::string Tags(const DeviceReport& r) {
  std::string text;
  for (const TagSlices& slices : r.tags) {
    TextTable table({{slices.key, true, true},
                     {"accuracy"},
                     {"interval", true},
                     {"verdicts"},
                     {"", true, true}});
    for (const TagValue& value : slices.values) {
      const bool has = value.estimate && value.estimate->available;
      std::string note;
      if (!value.estimate) note = Text("under ", r.min_verdicts_a_slice, " verdicts: no figures");
      if (value.estimate && !has) note = value.estimate->reason_if_none;
      table.Add({value.value, has ? ShareText(value.estimate->accuracy.value) : "-",
                 has ? RangeText(value.estimate->accuracy) : "", CountText(value.verdicts), note});
    }
    text += Text("\nBy tag ", Shortened(Printable(slices.key), 60), "\n", table.ToString());
    if (slices.further_values > 0) {
      text += Text("  and ", CountText(slices.further_values), " rarer values with ",
                   CountText(slices.further_verdicts), " verdicts\n");
    }
    if (slices.without > 0) {
      text += Text("  without this tag: ", CountText(slices.without), " verdicts\n");
    }
  }
  return text;
}

std::string Slices(const DeviceReport& r) {
  if (r.slices.looked_at == 0) return {};
  std::string text = "\nWhom does it fail? (tags and pairs of tags, against the rest)\n";
  const std::vector<Subgroup> named = NamedSlices(r.slices);
  if (named.empty()) text += "  None is worse than the rest beyond chance.\n";
  TextTable table(
      {{"slice", true, true}, {"accuracy"}, {"the rest"}, {"difference", true}, {"verdicts"}});
  std::string changes;
  for (const Subgroup& slice : named) {
    table.Add({SliceName(slice), ShareText(slice.accuracy), ShareText(slice.outside),
               GapText(slice), CountText(slice.verdicts)});
    if (const std::string change = ChangeText(slice); !change.empty())
      changes += Fact(Shortened(Printable(SliceName(slice)), 22), change);
  }
  if (!named.empty()) text += table.ToString();
  return text + changes + Fact("looked at", LookedAtText(r.slices, r.slice_options));
}

std::string Sampled(const DeviceReport& r) {
  const EpochCounts& c = r.counts;
  return Text(
      "\nWhat was sampled?\n",
      Fact("inferences seen", Text(CountText(c.seen), ", in ",
                                   CountOfText(r.epochs, "sampling epoch", "sampling epochs"))),
      Fact("kept", Text(CountText(c.kept), "; judged ", CountText(c.judged), ", waiting ",
                        CountText(r.stored.records))),
      Fact("dropped, expired", Text(CountText(c.dropped), ", ", CountText(c.expired))),
      Fact("set aside", CountText(c.set_aside)), Fact("images", CountText(r.stored.images)));
}

std::string Ran(const DeviceReport& r) {
  const IdleSummary idle = SummariseIdle(r.idle, r.made_micros);
  std::string text = "\nWhat ran when, and why not?\n";
  if (idle.reasons.empty()) return Text(text, "  ", kNothingNoted, "\n");
  TextTable table({{"PE was", true, true}, {"time"}, {"share"}, {"records"}});
  for (const IdleReason& reason : idle.reasons) {
    table.Add({ReasonText(reason), HoursText(reason.seconds),
               ShareText(reason.seconds / std::max(idle.seconds, 1e-9)),
               CountText(reason.records)});
  }
  text += table.ToString();
  const bool days = idle.bucket_micros > 3'600'000'000;
  TextTable when({{days ? "day" : "hour from", true},
                  {"working"},
                  {"not working"},
                  {"no service"},
                  {"records"}});
  const std::size_t first = idle.buckets.size() > kRows ? idle.buckets.size() - kRows : 0;
  for (std::size_t i = first; i < idle.buckets.size(); ++i) {
    const IdleBucket& bucket = idle.buckets[i];
    double working = 0.0, other = 0.0;
    for (std::size_t k = 0; k < idle.reasons.size(); ++k) {
      (idle.reasons[k].doing == "working" ? working : other) += bucket.seconds[k];
    }
    when.Add({WindowStart(bucket.from_micros, bucket.from_micros + idle.bucket_micros),
              HoursText(working), HoursText(other), HoursText(bucket.MissingSeconds()),
              CountText(bucket.records)});
  }
  text += "\n" + when.ToString();
  if (first > 0) text += Text("  ", first, " earlier ones: --json has them\n");
  return text;
}

std::string SetAside(const DeviceReport& r) {
  if (r.set_aside.empty()) return {};
  TextTable table({{"fault", true}, {"records"}, {"newest message", true, true}});
  for (const SetAsideFault& fault : r.set_aside) {
    table.Add({Text(fault.fault, ", ", fault.code), CountText(fault.records), fault.message});
  }
  return "\nSet aside (PE failed on them twice)\n" + table.ToString();
}

std::string WentWrong(const DeviceReport& r) {
  if (r.incidents.empty()) return {};
  TextTable table({{"fault", true, true},
                   {"severity", true},
                   {"to mend", true},
                   {"times"},
                   {"last", true},
                   {"where, and the newest message", true, true}});
  for (const Incident& incident : r.incidents) {
    table.Add({Text(incident.fault, ", ", incident.code), std::string(SeverityText(incident)),
               std::string(EffortText(incident)), CountText(incident.count),
               MinuteText(incident.last_micros), Text(incident.place, ": ", incident.message)});
  }
  return "\nWhat went wrong? (incidents, the newest first)\n" + table.ToString();
}

}  // namespace

std::string ToText(const DeviceReport& report) {
  return Text(Head(report), Headline(report), ToDo(report), Alerts(report), OverTime(report),
              Changes(report), Causes(report), Tags(report), Slices(report), Sampled(report),
              Ran(report), SetAside(report), WentWrong(report));
}

}  // namespace vigil
