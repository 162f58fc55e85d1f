// Where an event begins and ends, and what is another one.
#include <cmath>
#include <optional>

#include <gtest/gtest.h>

#include "tests/monitor/drift_fixture.h"

namespace vigil {
namespace {

using drift_world::Calm;
using drift_world::Change;
using drift_world::DayOf;
using drift_world::Live;
using drift_world::Moved;
using drift_world::Pair;
using drift_world::World;

std::vector<DriftEvent> EventsOf(std::uint64_t seed, int days, const Change& change) {
  World world(Calm(seed));
  DriftMonitor monitor({}, true);
  Live(world, monitor, 0, days, change);
  return monitor.Summary().events;
}

void Darken(Pair& pair, double depth) {
  for (const std::size_t i : {1u, 3u, 5u})
    pair.record.statistics[i] -= static_cast<float>(0.1 * depth);
  pair.verdict.p_cause[3] = Moved(pair.verdict.p_cause[3], 2.5 * depth);
  for (std::size_t e = 8; e < 16; ++e) pair.verdict.embedding[e] -= static_cast<float>(depth);
}

void Soil(Pair& pair, float times = 1.0f) {
  for (const std::size_t i : {1u, 3u, 5u}) pair.record.statistics[i] -= 0.06f * times;
  pair.verdict.p_cause[2] = Moved(pair.verdict.p_cause[2], 2.5);
}

TEST(DriftMonitor, NamesEachPlantedEventAndNoOther) {
  const Change planted = [](double day, Pair& pair) {
    std::vector<float>& statistics = pair.record.statistics;
    Verdict& verdict = pair.verdict;
    const auto correct = [&](double by) {
      verdict.p_correct_calibrated = Moved(verdict.p_correct_calibrated, by);
    };
    if (day >= 12 && day < 17) {  // a dirty lens
      for (const std::size_t i : {1u, 3u, 5u}) statistics[i] -= 0.04f;
      verdict.p_cause[2] = Moved(verdict.p_cause[2], 2.0);
      for (std::size_t e = 0; e < 8; ++e) verdict.embedding[e] += 0.8f;
      correct(-1.5);
    }
    if (day >= 22) {  // a new camera
      for (const std::size_t i : {0u, 2u, 4u}) statistics[i] += 0.12f;
      for (std::size_t e = 4; e < 12; ++e) verdict.embedding[e] += 0.7f;
    }
    if (day >= 32 && day < 48) {  // a season of darkness comes and goes
      const double depth = day < 42 ? (day - 32.0) / 10.0 : day < 44 ? 1.0 : (48.0 - day) / 4.0;
      for (const std::size_t i : {1u, 3u, 5u}) statistics[i] -= static_cast<float>(0.1 * depth);
      verdict.p_cause[3] = Moved(verdict.p_cause[3], 2.5 * depth);
      for (std::size_t e = 8; e < 16; ++e) verdict.embedding[e] -= static_cast<float>(depth);
      correct(-2.0 * depth);
    }
    if (day >= 53 && day < 55) {  // a normalisation left out
      for (float& value : statistics) value *= 255.0f;
      correct(-3.0);
    }
    if (day >= 59 && day < 60) {  // an attack
      verdict.readings.outlier = Moved(*verdict.readings.outlier, 2.0);
      verdict.readings.flip_rate = Moved(*verdict.readings.flip_rate, 3.0);
      for (std::size_t e = 0; e < 16; e += 2) verdict.embedding[e] += 1.0f;
      correct(-3.0);
    }
  };
  World world(Calm(4));
  DriftMonitor monitor({}, true);
  Live(world, monitor, 0, 63, planted);
  const std::vector<DriftEvent> events = monitor.Summary().events;
  ASSERT_EQ(events.size(), 5u);
  struct Expected {
    std::string headline;
    double start, start_tolerance;
    std::optional<double> end;
    double end_tolerance = 0.5;
    bool hurts;
  };
  const std::vector<Expected> expected = {
      {"sudden input drift (blur)", 12, 0.5, 17.0, 0.5, true},
      {"sudden input drift", 22, 0.5, std::nullopt, 0.0, false},
      {"gradual input drift (lighting)", 32, 4.0, 47.0, 1.5, true},
      {"sudden pipeline fault", 53, 0.26, 55.0, 0.26, true},
      {"sudden adversarial inputs", 59, 0.26, 60.0, 0.26, true}};
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(Headline(events[i]), expected[i].headline) << i << ": " << events[i].reason;
    EXPECT_NEAR(DayOf(events[i].start_micros), expected[i].start, expected[i].start_tolerance) << i;
    EXPECT_EQ(events[i].hurts, expected[i].hurts) << i;
    ASSERT_EQ(events[i].ongoing(), !expected[i].end.has_value()) << i;
    if (!expected[i].end) continue;
    EXPECT_NEAR(DayOf(*events[i].ended_micros), *expected[i].end, expected[i].end_tolerance) << i;
  }
  EXPECT_TRUE(events[1].lasting);
}

// Its last days show less than what an event must, to be over.
TEST(DriftMonitor, TheEndOfASeason_IsNoEventOfItsOwn) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const auto events = EventsOf(seed, 34, [](double day, Pair& pair) {
      if (day >= 14 && day < 24) Darken(pair, 1.4 * (1.0 - std::abs(day - 19.0) / 5.0));
    });
    ASSERT_EQ(events.size(), 1u) << "seed " << seed;
    EXPECT_EQ(Headline(events[0]), "gradual input drift (lighting)") << seed;
    ASSERT_FALSE(events[0].ongoing()) << seed;
    EXPECT_NEAR(DayOf(*events[0].ended_micros), 23.5, 1.01) << seed;
  }
}

// After the baseline was put back, blocks vary as they did before the season.
TEST(DriftMonitor, ADayAfterASeason_IsSeenAsWellAsBeforeIt) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const auto events = EventsOf(seed, 40, [](double day, Pair& pair) {
      if (day >= 14 && day < 24) Darken(pair, 1.4 * (1.0 - std::abs(day - 19.0) / 5.0));
      if (day >= 34 && day < 35) {
        pair.verdict.p_correct_calibrated = Moved(pair.verdict.p_correct_calibrated, -1.5);
        *pair.verdict.readings.flip_rate = Moved(*pair.verdict.readings.flip_rate, 1.5);
      }
    });
    ASSERT_EQ(events.size(), 2u) << "seed " << seed;
    EXPECT_EQ(Headline(events[1]), "sudden adversarial inputs") << events[1].reason;
    EXPECT_NEAR(DayOf(events[1].start_micros), 34.0, 0.51) << seed;
    ASSERT_FALSE(events[1].ongoing()) << seed;
    EXPECT_NEAR(DayOf(*events[1].ended_micros), 35.0, 0.51) << seed;
  }
}

// A cause that no record ever has: a constant tells nothing, however long it goes on.
TEST(DriftMonitor, AShareThatIsAlwaysNothing_GivesNoAlarm) {
  const auto events = EventsOf(3, 120, [](double, Pair& pair) { pair.verdict.p_cause[1] = 0.0f; });
  for (const DriftEvent& event : events) {
    for (const SignalChange& change : event.signals)
      EXPECT_NE(change.signal, "p(occlusion)") << DayOf(event.start_micros);
    EXPECT_FALSE(event.signals.empty()) << DayOf(event.start_micros);
  }
}

// In one of four scenes, so that every block has another share of it.
TEST(DriftMonitor, WhereOnlySomeScenesAreAsNew_IsToldOnce) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const auto events = EventsOf(seed, 50, [](double day, Pair& pair) {
      const auto scene = static_cast<std::uint64_t>(day * 24.0);
      if (day >= 14 && (scene * 0x9e3779b97f4a7c15u >> 62) == 0) Soil(pair, 3.0f);
    });
    ASSERT_EQ(events.size(), 1u) << "seed " << seed;
    EXPECT_NEAR(DayOf(events[0].start_micros), 14.0, 1.01) << seed;
    EXPECT_TRUE(events[0].lasting) << seed;
  }
}

// What is strong and another thing is not drowned in what is weak and under way.
TEST(DriftMonitor, WhileAWeakEventIsUnderWay_AStrongOneIsItsOwn) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const auto events = EventsOf(seed, 30, [](double day, Pair& pair) {
      if (day >= 14) pair.record.statistics[6] += 0.07f;
      if (day >= 16.5 && day < 20) Soil(pair);
    });
    ASSERT_GE(events.size(), 2u) << "seed " << seed;
    const auto lens = std::ranges::find_if(
        events, [](const DriftEvent& event) { return event.cause == Cause::kBlur; });
    ASSERT_NE(lens, events.end()) << seed;
    EXPECT_NEAR(DayOf(lens->start_micros), 16.5, 0.51) << seed;
    ASSERT_FALSE(lens->ongoing()) << seed;
    EXPECT_NEAR(DayOf(*lens->ended_micros), 20.0, 0.51) << seed;
  }
}

TEST(DriftMonitor, ASeasonThatAFaultInterrupts_IsOneSeason) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const auto events = EventsOf(seed, 34, [](double day, Pair& pair) {
      if (day >= 14 && day < 28) Darken(pair, std::min({day - 14.0, 28.0 - day, 4.0}) * 0.25);
      if (day >= 22 && day < 23) {
        for (float& value : pair.record.statistics) value *= 255.0f;
      }
    });
    ASSERT_EQ(events.size(), 2u) << "seed " << seed;
    EXPECT_EQ(Headline(events[0]), "gradual input drift (lighting)") << seed;
    EXPECT_EQ(Headline(events[1]), "sudden pipeline fault") << seed;
    EXPECT_NEAR(DayOf(events[1].start_micros), 22.0, 0.26) << seed;
    ASSERT_FALSE(events[0].ongoing()) << seed;
    ASSERT_FALSE(events[1].ongoing()) << seed;
    EXPECT_NEAR(DayOf(*events[1].ended_micros), 23.0, 0.51) << seed;
    EXPECT_NEAR(DayOf(*events[0].ended_micros), 27.5, 1.51) << seed;
  }
}

}  // namespace
}  // namespace vigil
