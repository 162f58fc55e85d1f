#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "estimator/report/drift_words.h"
#include "estimator/report/report_json.h"
#include "estimator/report/report_text.h"
#include "estimator/report/text_table.h"
#include "estimator/report/words.h"
#include "tools/vigil/days/days.h"

namespace vigil {
namespace {

std::int64_t StartOf(int day) { return World::kStartMicros + day * World::kDayMicros; }

// T's true accuracy over these days, both with it.
double TruthOf(const DaysResult& result, int first, int last) {
  DayTruth sum;
  for (int day = first; day <= last; ++day) {
    sum.frames += result.truth[static_cast<std::size_t>(day)].frames;
    sum.right += result.truth[static_cast<std::size_t>(day)].right;
  }
  return static_cast<double>(sum.right) / static_cast<double>(sum.frames);
}

// The estimate of the report's windows, which are days.
std::string EstimateOn(const DaysResult& result, int first, int last) {
  double sum = 0.0;
  int days = 0;
  for (const TimelinePoint& point : result.report.timeline.points) {
    if (point.from_micros < StartOf(first) || point.to_micros > StartOf(last + 1)) continue;
    if (!point.estimate.available) continue;
    sum += point.estimate.accuracy.value;
    ++days;
  }
  return days > 0 ? ShareText(sum / days) : "-";
}

std::string DaysText(int first, int last) {
  const std::string from = DayText(StartOf(first));
  return first == last ? from : Text(from, " to ", DayText(StartOf(last)));
}

// In few words: "input drift (blur)", "subgroup fails (site=yard)".
std::string KindText(const DriftEvent& event) {
  if (event.kind == DriftKind::kSubgroup) return Text("subgroup fails (", event.subgroup, ")");
  const std::string cause = event.cause ? Text(" (", CauseName(*event.cause), ")") : std::string();
  return Text(DriftKindText(event.kind), cause);
}

// Whether an event is what the trouble should be told as.
bool IsOfKind(Trouble trouble, const DriftEvent& event) {
  const auto input = [&](std::optional<Cause> cause) {
    return event.kind == DriftKind::kInput && event.cause == cause;
  };
  switch (trouble) {
    case Trouble::kDirtyLens:
      return input(Cause::kBlur) && !event.gradual;
    case Trouble::kNewCamera:
      return input(std::nullopt) && !event.gradual && event.ongoing();
    case Trouble::kDarkness:
      return input(Cause::kLighting) && event.gradual;
    case Trouble::kBrokenNormalisation:
      return event.kind == DriftKind::kPipeline;
    case Trouble::kFailingSubgroup:
      return event.kind == DriftKind::kSubgroup && event.subgroup == "site=yard";
    case Trouble::kAdversary:
      return event.kind == DriftKind::kAdversarial;
  }
  return false;
}

}  // namespace

Naming CompareWithPlanted(const DaysResult& result) {
  Naming naming;
  std::vector<const DriftEvent*> left;
  if (result.report.drift) {
    for (const DriftEvent& event : result.report.drift->events) left.push_back(&event);
  }
  for (const PlantedEvent& planted : result.planted) {
    NamedEvent named{planted};
    const auto found = std::ranges::find_if(left, [&](const DriftEvent* event) {
      const std::int64_t off = event->start_micros - StartOf(planted.first_day);
      // What comes gradually is hardly there on its first day.
      const std::int64_t near = (event->gradual ? 2 : 1) * World::kDayMicros;
      return std::abs(off) <= near && IsOfKind(planted.trouble, *event);
    });
    if (found != left.end()) {
      named.reported = *found;
      left.erase(found);
    }
    naming.events.push_back(named);
  }
  naming.further = std::move(left);
  return naming;
}

nlohmann::json DaysToJson(const DaysResult& result) {
  const Naming naming = CompareWithPlanted(result);
  nlohmann::json planted = nlohmann::json::array();
  for (const NamedEvent& event : naming.events) {
    const auto [trouble, first, last] = event.planted;
    planted.push_back({{"trouble", TroubleName(trouble)},
                       {"from", IsoTime(StartOf(first))},
                       {"to", IsoTime(StartOf(last + 1))},
                       {"named", event.reported != nullptr},
                       {"true_accuracy", TruthOf(result, first, last)}});
  }
  return {{"data", result.data},
          {"backend", result.backend},
          {"planted", std::move(planted)},
          {"further_events", naming.further.size()},
          {"report", ToJson(result.report)}};
}

void PrintDays(const DaysResult& result) {
  const int last = static_cast<int>(result.truth.size()) - 1;
  const Naming naming = CompareWithPlanted(result);
  TextTable table({{"planted", true},
                   {"days", true},
                   {"T right"},
                   {"estimated"},
                   {"the report says", true, true},
                   {"from", true}});
  table.Add({"(all days)", DaysText(0, last), ShareText(TruthOf(result, 0, last)),
             EstimateOn(result, 0, last), "", ""});
  for (const NamedEvent& event : naming.events) {
    const PlantedEvent& planted = event.planted;
    table.Add({TroubleName(planted.trouble), DaysText(planted.first_day, planted.last_day),
               ShareText(TruthOf(result, planted.first_day, planted.last_day)),
               EstimateOn(result, planted.first_day, planted.last_day),
               event.reported ? KindText(*event.reported) : "nothing of it",
               event.reported ? DayText(event.reported->start_micros) : ""});
  }
  std::cout << "A device's " << result.truth.size() << " days, simulated on " << result.data << ", "
            << result.backend << "\n\n"
            << table.ToString();
  for (const DriftEvent* event : naming.further)
    std::cout << "  not planted: " << Headline(*event) << ", " << SpanText(*event) << "\n";
  std::cout << "\nWhat the device says of itself\n\n" << ToText(result.report);
}

}  // namespace vigil
