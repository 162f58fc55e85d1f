#include <iostream>

#include "engine/base/text.h"
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

}  // namespace

void PrintDays(const DaysResult& result) {
  const int last = static_cast<int>(result.truth.size()) - 1;
  TextTable table({{"planted", true}, {"days", true}, {"T's true accuracy"}, {"estimated"}});
  table.Add({"(all days)", DaysText(0, last), ShareText(TruthOf(result, 0, last)),
             EstimateOn(result, 0, last)});
  for (const PlantedEvent& event : result.planted) {
    table.Add({TroubleName(event.trouble), DaysText(event.first_day, event.last_day),
               ShareText(TruthOf(result, event.first_day, event.last_day)),
               EstimateOn(result, event.first_day, event.last_day)});
  }
  std::cout << "A device's " << result.truth.size() << " days, simulated on " << result.data << ", "
            << result.backend << "\n\n"
            << table.ToString() << "\n";
  for (const DriftEvent& event : result.drift.events) {
    std::cout << DayText(event.start_micros) << " detected " << DayText(event.detected_micros)
              << (event.ended_micros ? " ended " + DayText(*event.ended_micros)
                                     : std::string(" goes on"))
              << (event.lasting ? " lasting" : "") << ": " << Headline(event) << " | "
              << event.reason << " |";
    for (const SignalChange& s : event.signals)
      std::cout << " " << s.signal << " " << s.effect << " (" << s.score << ")";
    std::cout << "\n";
  }
  std::cout << "\nWhat the device says of itself\n\n" << ToText(result.report);
}

}  // namespace vigil
