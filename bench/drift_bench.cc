// What drift detection costs and what it is worth, in simulated devices' lives: false alarms a
// month where nothing happens, days until a shift of a given size is found, microseconds a record.
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "bench/figures.h"
#include "estimator/monitor/drift/drift_monitor.h"
#include "tests/monitor/drift_world.h"

namespace vigil::bench {
namespace {

using drift_world::Design;
using drift_world::Pair;
using drift_world::World;

constexpr int kBaselineDays = 8;  // one for the scale

DriftOptions Options() { return {}; }

// Runs a device for so many days and gives its events.
std::vector<DriftEvent> Live(const Design& design, int days,
                             const std::function<void(double, Pair&)>& change = {}) {
  World world(design);
  DriftMonitor monitor(Options(), true);
  for (int day = 0; day < days; ++day) {
    for (const Pair& pair : world.Day(day, change)) monitor.Observe(pair.record, pair.verdict);
  }
  return monitor.Summary().events;
}

// f(device) for so many devices, on all cores.
template <typename Function>
void ForDevices(int devices, const Function& f) {
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  std::vector<std::thread> threads;
  for (int core = 0; core < cores; ++core) {
    threads.emplace_back([&, core] {
      for (int device = core; device < devices; device += cores) f(device);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

struct Named {
  const char* name;
  Design design;
};

std::vector<Named> Designs() {
  Design quiet{.scene = 0.0, .weather = 0.0, .cycle = 0.0};
  Design scenes{.scene = 0.4, .weather = 0.0, .cycle = 0.0};
  Design usual;
  Design cycle{.scene = 0.2, .weather = 0.02, .cycle = 0.5};
  Design weather{.scene = 0.2, .weather = 0.15, .cycle = 0.1};
  Design busy;
  busy.records_a_day = 1000.0;
  Design rare;
  rare.records_a_day = 30.0;
  return {{"independent records", quiet}, {"scenes", scenes},   {"usual", usual},
          {"strong day cycle", cycle},    {"weather", weather}, {"usual, 1000 a day", busy},
          {"usual, 30 a day", rare}};
}

void FalseAlarms(int devices, int days) {
  std::printf("\nfalse alarms, %d devices for %d days each after the baseline\n", devices, days);
  std::printf("%-22s %10s %14s %12s\n", "stream", "alarms", "a month", "a year");
  for (const Named& named : Designs()) {
    std::vector<std::size_t> alarms(static_cast<std::size_t>(devices));
    const int count = named.design.records_a_day > 500.0 ? std::max(1, devices / 10) : devices;
    ForDevices(count, [&](int device) {
      Design design = named.design;
      design.seed = static_cast<std::uint64_t>(device) + 1;
      alarms[static_cast<std::size_t>(device)] = Live(design, kBaselineDays + days).size();
    });
    double sum = 0.0;
    for (const std::size_t count_of_one : alarms) sum += static_cast<double>(count_of_one);
    const double months = count * days / 30.4375;
    std::printf("%-22s %10.0f %14.4f %12.2f\n", named.name, sum, sum / months, 12.0 * sum / months);
  }
}

void Delays(int devices) {
  constexpr int kShiftDay = 20, kDays = 50;
  std::printf("\ndays from a sudden shift of one input statistic to the alarm, %d devices\n",
              devices);
  std::printf("%-22s %6s %8s %8s %8s %8s\n", "stream", "shift", "found", "median", "p90", "start");
  for (const Named& named : Designs()) {
    for (const double size : {0.25, 0.5, 1.0, 2.0}) {
      const int count = named.design.records_a_day > 500.0 ? std::max(1, devices / 10) : devices;
      std::vector<double> delays(static_cast<std::size_t>(count), -1.0), starts = delays;
      ForDevices(count, [&](int device) {
        Design design = named.design;
        design.seed = static_cast<std::uint64_t>(device) + 1000001;
        const auto events = Live(design, kDays, [&](double day, Pair& pair) {
          if (day >= kShiftDay) pair.record.statistics[0] += static_cast<float>(0.1 * size);
        });
        for (const DriftEvent& event : events) {
          const double found = drift_world::DayOf(event.detected_micros);
          if (found < kShiftDay) continue;
          delays[static_cast<std::size_t>(device)] = found - kShiftDay;
          starts[static_cast<std::size_t>(device)] =
              drift_world::DayOf(event.start_micros) - kShiftDay;
          break;
        }
      });
      std::vector<double> found, off;
      for (std::size_t i = 0; i < delays.size(); ++i) {
        if (delays[i] < 0.0) continue;
        found.push_back(delays[i]);
        off.push_back(std::abs(starts[i]));
      }
      std::printf("%-22s %6.2f %7.1f%% %8.2f %8.2f %8.2f\n", named.name, size,
                  100.0 * static_cast<double>(found.size()) / count, Median(found),
                  Quantile(found, 0.9), Median(off));
    }
  }
}

void Costs() {
  Design design{.records_a_day = 1000.0, .embedding = 32};
  World world(design);
  DriftMonitor monitor(Options(), true);
  std::vector<Pair> pairs;
  for (int day = 0; day < 20; ++day) {
    for (Pair& pair : world.Day(day)) pairs.push_back(std::move(pair));
  }
  const auto begin = Clock::now();
  for (const Pair& pair : pairs) monitor.Observe(pair.record, pair.verdict);
  const double observe = MicrosecondsSince(begin) / static_cast<double>(pairs.size());
  std::size_t bytes = 0;
  constexpr int kSaves = 1000;
  const auto saving = Clock::now();
  for (int i = 0; i < kSaves; ++i) bytes = monitor.Save().size();
  std::printf("\nObserve %.2f us a record, Save %.1f us (%zu bytes)\n", observe,
              MicrosecondsSince(saving) / kSaves, bytes);
}

int Main(int argc, char** argv) {
  const int devices = argc > 1 ? std::atoi(argv[1]) : 200;
  std::printf("drift detection at its default settings (%.1f false alarms a year)\n",
              Options().false_alarms_a_year);
  if (devices <= 0) {
    Costs();
    return 0;
  }
  FalseAlarms(devices, 180);
  Delays(devices);
  Costs();
  return 0;
}

}  // namespace
}  // namespace vigil::bench

int main(int argc, char** argv) { return vigil::bench::Main(argc, argv); }
