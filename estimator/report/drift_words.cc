#include "estimator/report/drift_words.h"

#include <cmath>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "estimator/report/markup.h"
#include "estimator/report/words.h"

namespace vigil {
namespace {

std::string Rounded(const char* format, double value) {
  char text[48];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

}  // namespace

std::string SpanText(const DriftEvent& event) {
  if (event.ended_micros) {
    return Text(MinuteText(event.start_micros), " to ", MinuteText(*event.ended_micros),
                event.replaced ? ", when the models changed" : "");
  }
  return Text("since ", MinuteText(event.start_micros),
              event.lasting ? ", the new normal" : ", goes on");
}

std::string ChangeText(const SignalChange& change) {
  std::string text = change.signal;
  if (change.before != 0.0 || change.after != 0.0)
    text += Text(" from ", Rounded("%.3g", change.before), " to ", Rounded("%.3g", change.after));
  return Text(text, " (", Rounded("%+.1f", change.effect), " deviations)");
}

std::string EffectText(const DriftEvent& event) {
  std::string text;
  for (const SignalChange& change : event.signals)
    text += Text(text.empty() ? "" : ", ", ChangeText(change));
  return Text(event.reason, text.empty() ? "" : ": ", text,
              event.hurts ? "; T does worse" : "; p(correct) did not fall");
}

std::string DriftStateText(const DriftSummary& drift) {
  const std::string records = CountOfText(drift.records, "record", "records");
  if (!drift.watching) {
    return Text("a baseline of ", Rounded("%.3g", drift.baseline_days), " days is being taken; ",
                records, " so far");
  }
  return Text(records, "; set to at most ", Rounded("%.3g", drift.false_alarms_a_year),
              " false alarms a year");
}

std::string EvidenceText(const AdviceEvidence& evidence) {
  std::string text = evidence.what;
  if (evidence.value) text += Text(": ", Rounded("%.3g", *evidence.value));
  if (evidence.limit) text += Text(", limit ", Rounded("%.3g", *evidence.limit));
  return text;
}

std::string AdviceText(const Advice& advice) {
  if (advice.more_records <= 0) return advice.reason;
  return Text(advice.reason, " It takes about ",
              CountOfText(advice.more_records, "more record", "more records"), ".");
}

nlohmann::json DriftToJson(const std::optional<DriftSummary>& drift) {
  if (!drift) return nullptr;
  nlohmann::json json = ToJson(*drift);
  const auto text = [](nlohmann::json& object, const char* micros, const char* name, bool none) {
    object[name] = none ? nlohmann::json() : nlohmann::json(IsoTime(object[micros]));
    object.erase(micros);
  };
  text(json, "first_micros", "first", drift->first_micros == 0);
  text(json, "last_micros", "last", drift->last_micros == 0);
  for (nlohmann::json& event : json["events"]) {
    text(event, "start_micros", "start", false);
    text(event, "detected_micros", "detected", false);
    text(event, "ended_micros", "ended", event["ended_micros"].is_null());
    event["subgroup"] = Printable(event["subgroup"].get<std::string>());
  }
  return json;
}

nlohmann::json AdviceToJson(const std::vector<Advice>& advice) {
  nlohmann::json json = ToJson(advice);
  for (nlohmann::json& given : json) {
    for (nlohmann::json& item : given["evidence"])
      item["what"] = Printable(item["what"].get<std::string>());
  }
  return json;
}

}  // namespace vigil
