#include "estimator/monitor/drift/drift_monitor.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/monitor/drift_fixture.h"

namespace vigil {
namespace {

using drift_world::Calm;
using drift_world::Change;
using drift_world::DayOf;
using drift_world::Design;
using drift_world::Live;
using drift_world::Moved;
using drift_world::Pair;
using drift_world::World;

Change ShiftFrom(double day, double deviations) {
  return [=](double now, Pair& pair) {
    if (now >= day) pair.record.statistics[0] += static_cast<float>(0.1 * deviations);
  };
}

// What the options promise, on streams with scenes, weather and days and nights.
TEST(DriftMonitor, WhereNothingHappens_GivesFewerFalseAlarmsThanAllowed) {
  constexpr int kDevices = 72, kDays = 60;
  std::size_t alarms = 0;
  for (int device = 0; device < kDevices; ++device) {
    Design design = Calm(static_cast<std::uint64_t>(device) + 1);
    design.records_a_day = 50.0;
    design.weather = device % 2 == 0 ? 0.0 : 0.05;
    design.cycle = device % 3 == 0 ? 0.4 : 0.1;
    World world(design);
    DriftMonitor monitor({}, true);
    Live(world, monitor, 0, 8 + kDays);
    alarms += monitor.Summary().events.size();
  }
  const double allowed = DriftOptions{}.false_alarms_a_year * kDevices * kDays / 365.25;  // 23.7
  EXPECT_LE(static_cast<double>(alarms), allowed);
}

TEST(DriftMonitor, WhenAStatisticShifts_SaysSoWithinDays) {
  constexpr int kShift = 14;
  for (const double deviations : {1.0, 2.0}) {
    std::vector<double> delays, starts;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      World world(Calm(seed));
      DriftMonitor monitor({}, true);
      Live(world, monitor, 0, kShift + 6, ShiftFrom(kShift, deviations));
      const DriftSummary summary = monitor.Summary();
      ASSERT_EQ(summary.events.size(), 1u) << "seed " << seed << ", " << deviations;
      const DriftEvent& event = summary.events[0];
      EXPECT_EQ(event.kind, DriftKind::kInput);
      EXPECT_EQ(event.signals.at(0).signal, "input mean 0");
      EXPECT_NEAR(event.signals[0].effect, deviations, 0.6);
      EXPECT_NEAR(DayOf(event.start_micros), kShift, 0.51);
      EXPECT_TRUE(event.ongoing());
      delays.push_back(DayOf(event.detected_micros) - kShift);
    }
    std::ranges::sort(delays);
    EXPECT_LE(delays.back(), deviations > 1.5 ? 1.25 : 2.5) << deviations;
  }
}

// Its features' mean is all that shows it.
TEST(DriftMonitor, WhenTheLatentsSpread_AndTheirMeanStays_SaysSoOnce) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    World world(Calm(seed));
    DriftMonitor monitor({}, true);
    Live(world, monitor, 0, 26, [](double day, Pair& pair) {
      if (day < 14) return;
      for (float& value : pair.verdict.embedding) value *= 1.6f;
    });
    const std::vector<DriftEvent> events = monitor.Summary().events;
    ASSERT_EQ(events.size(), 1u) << seed;
    EXPECT_EQ(Headline(events[0]), "sudden input drift");
    EXPECT_EQ(events[0].signals.at(0).signal, "latents");
    EXPECT_NEAR(DayOf(events[0].start_micros), 14.0, 0.51);
    EXPECT_LE(DayOf(events[0].detected_micros), 16.5);
    EXPECT_TRUE(events[0].lasting);
  }
}

// Before the baseline stands, with blocks open, in an event, after one.
TEST(DriftMonitor, CutAnywhere_GoesOnAsIfItHadNotBeen) {
  World world(Calm(8));
  DriftMonitor whole({}, true);
  auto cut = std::make_unique<DriftMonitor>(DriftOptions{}, true);
  const Change change = [](double day, Pair& pair) {
    if (day >= 12 && day < 15) pair.record.statistics[2] += 0.2f;
  };
  int count = 0;
  for (int day = 0; day < 20; ++day) {
    for (const Pair& pair : world.Day(day, change)) {
      whole.Observe(pair.record, pair.verdict);
      cut->Observe(pair.record, pair.verdict);
      if (++count % 7 != 0) continue;
      const std::string state = cut->Save();
      cut = std::make_unique<DriftMonitor>(DriftOptions{}, true);
      cut->Restore(state);
      ASSERT_EQ(cut->Save(), state);
    }
  }
  EXPECT_EQ(cut->Save(), whole.Save());
  EXPECT_EQ(ToJson(cut->Summary()), ToJson(whole.Summary()));
  EXPECT_EQ(ToJson(ReadDriftSummary(whole.Save())), ToJson(whole.Summary()));
  EXPECT_EQ(whole.Summary().events.size(), 1u);
}

TEST(DriftMonitor, ItsState_StaysSmall) {
  Design design = Calm(5);
  design.embedding = 32;
  World world(design);
  DriftMonitor monitor({}, true);
  std::size_t largest = 0;
  for (int day = 0; day < 60; ++day) {
    // A new event every few days.
    const int phase = day / 6;
    Live(world, monitor, day, day + 1, [&](double, Pair& pair) {
      if (day > 10) pair.record.statistics[static_cast<std::size_t>(phase % 8)] += 0.3f;
    });
    largest = std::max(largest, monitor.Save().size());
  }
  EXPECT_GT(monitor.Summary().events.size(), 4u);
  EXPECT_LE(largest, 20u << 10);
}

TEST(DriftMonitor, WhenTheModelChanges_ClosesEventsAndBeginsAnew) {
  World world(Calm(6));
  DriftMonitor monitor({}, true);
  Live(world, monitor, 0, 14, ShiftFrom(11, 2.0));
  ASSERT_EQ(monitor.Summary().events.size(), 1u);
  ASSERT_TRUE(monitor.Summary().watching);
  Live(world, monitor, 14, 16, [](double, Pair& pair) { pair.record.model_hash = 99; });
  const DriftSummary summary = monitor.Summary();
  EXPECT_FALSE(summary.watching);
  ASSERT_EQ(summary.events.size(), 1u);
  EXPECT_TRUE(summary.events[0].replaced);
  EXPECT_FALSE(summary.events[0].ongoing());
}

TEST(DriftMonitor, WithARecordOfAnotherMakeNowAndThen_PassesItOver) {
  World world(Calm(6));
  DriftMonitor monitor({}, true);
  int count = 0;
  Live(world, monitor, 0, 10, [&](double, Pair& pair) {
    if (++count % 5 == 0) pair.verdict.readings.outlier.reset();
    if (count % 7 == 0) pair.record.statistics[1] = std::nanf("");
  });
  EXPECT_TRUE(monitor.Summary().watching);
  EXPECT_GT(monitor.Summary().passed_over, count / 4);
}

TEST(DriftMonitor, WhenTheClockWasWrong_IsNotLedAstray) {
  World world(Calm(7));
  DriftMonitor monitor({}, true);
  Live(world, monitor, 0, 12);
  World other(Calm(9));
  for (const Pair& pair : other.Day(4000)) monitor.Observe(pair.record, pair.verdict);
  EXPECT_TRUE(monitor.Summary().watching);  // 80 records of the future: passed over
  Live(world, monitor, 12, 14);
  EXPECT_TRUE(monitor.Summary().watching);
  for (int day = 4001; day < 4005; ++day) {
    for (const Pair& pair : other.Day(day)) monitor.Observe(pair.record, pair.verdict);
  }
  EXPECT_FALSE(monitor.Summary().watching);  // it was set for good
}

TEST(DriftMonitor, WithAStateThatCannotBeRead_Begins) {
  World world(Calm(3));
  DriftMonitor monitor({}, true);
  Live(world, monitor, 0, 10);
  std::string state = monitor.Save();
  DriftMonitor other({}, true);
  other.Restore(state.replace(100, 1, state[100] == 'A' ? "B" : "A"));
  EXPECT_EQ(other.Summary().records, 0);
  EXPECT_THROW(ReadDriftSummary(state), Error);
  DriftOptions shorter;
  shorter.block = std::chrono::hours(3);
  DriftMonitor of_other_blocks(shorter, true);
  of_other_blocks.Restore(monitor.Save());
  EXPECT_EQ(of_other_blocks.Summary().records, 0);
}

TEST(DriftMonitor, WithBadOptions_NamesThem) {
  const auto problem = [](auto&& change) -> std::string {
    DriftOptions options;
    change(options);
    try {
      DriftMonitor monitor(options, true);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(problem([](auto& o) { o.block = std::chrono::hours(5); }), HasSubstr("5 hours"));
  EXPECT_THAT(problem([](auto& o) { o.baseline_days = 1.0; }), HasSubstr("1 days"));
  EXPECT_THAT(problem([](auto& o) { o.false_alarms_a_year = 0.0; }), HasSubstr("0 false alarms"));
}

TEST(ReadFeatures, OfLogits_AreConfidenceEntropyAndShares) {
  Record record;
  record.output = {0.0f, std::log(3.0f)};
  record.statistics = {0.5f, 0.2f, 0.0f, 1.0f};
  record.violations = 4;
  Verdict verdict;
  verdict.p_correct_calibrated = 0.7f;
  const DriftLayout layout = LayoutOf(record, verdict, true);
  const std::vector<SignalInfo> signals = SignalsOf(layout);
  DriftFeatures features;
  ASSERT_TRUE(ReadFeatures(record, verdict, layout, features));
  ASSERT_EQ(features.signals.size() + 1, signals.size());
  const auto value = [&](const std::string& name) {
    for (std::size_t j = 0; j < signals.size(); ++j) {
      if (signals[j].name == name) return features.signals[j];
    }
    ADD_FAILURE() << name;
    return 0.0;
  };
  EXPECT_NEAR(value("confidence"), 0.75, 1e-6);
  EXPECT_NEAR(value("entropy"), -(0.25 * std::log2(0.25) + 0.75 * std::log2(0.75)), 1e-6);
  EXPECT_EQ(value("share of class 1"), 1.0);
  EXPECT_EQ(value("input greatest"), 1.0);
  EXPECT_EQ(value("violations"), 1.0);
  EXPECT_NEAR(value("p(correct)"), 0.7, 1e-6);
  EXPECT_EQ(signals.back().name, "inputs together");  // no embedding
  EXPECT_EQ(features.vector.size(), 4u);
}

}  // namespace
}  // namespace vigil
