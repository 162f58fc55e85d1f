// What PE's file says of calibration's records, and what a device makes of it.
#include "estimator/monitor/drift/drift_reference.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "estimator/monitor/drift/drift_monitor.h"
#include "tests/monitor/drift_world.h"

namespace vigil {
namespace {

using drift_world::Design;
using drift_world::Pair;
using drift_world::World;

Design Calm(std::uint64_t seed) {
  return {.records_a_day = 80.0, .scene = 0.3, .weather = 0.0, .cycle = 0.1, .seed = seed};
}

void Live(World& world, DriftMonitor& monitor, int from, int to,
          const std::function<void(double, Pair&)>& change = {}) {
  for (int day = from; day < to; ++day) {
    for (const Pair& pair : world.Day(day, change)) monitor.Observe(pair.record, pair.verdict);
  }
}

std::vector<DriftFeatures> FeaturesOf(World& world, DriftLayout& layout, int days) {
  std::vector<DriftFeatures> all;
  for (int day = 0; day < days; ++day) {
    for (const Pair& pair : world.Day(day)) {
      layout = LayoutOf(pair.record, pair.verdict, true);
      EXPECT_TRUE(ReadFeatures(pair.record, pair.verdict, layout, all.emplace_back()));
    }
  }
  return all;
}

TEST(DriftReference, ShippedWithAModel_TellsHowFarTheDeviceLies) {
  World calibration(Calm(20));
  DriftLayout layout;
  const std::vector<DriftFeatures> records = FeaturesOf(calibration, layout, 5);
  DriftOptions options;
  options.reference =
      DriftReferenceFromJson(DriftReferenceToJson(FitDriftReference(layout, records)));
  World world(Calm(21));
  DriftMonitor monitor(options, true);
  Live(world, monitor, 0, 9, [](double, Pair& pair) { pair.record.statistics[0] += 0.15f; });
  const DriftSummary summary = monitor.Summary();
  EXPECT_TRUE(summary.watching);
  EXPECT_TRUE(summary.events.empty());
  ASSERT_FALSE(summary.from_reference.empty());
  EXPECT_EQ(summary.from_reference[0].signal, "input mean 0");
  EXPECT_NEAR(summary.from_reference[0].effect, 1.5, 0.4);
}

TEST(DriftReference, ThatIsMalformed_IsRefusedByField) {
  World calibration(Calm(20));
  DriftLayout layout;
  const std::vector<DriftFeatures> records = FeaturesOf(calibration, layout, 3);
  const auto good = nlohmann::json::parse(DriftReferenceToJson(FitDriftReference(layout, records)));
  const auto problem = [&](const char* field, const nlohmann::json& value) -> std::string {
    nlohmann::json changed = good;
    changed[field] = value;
    try {
      DriftReferenceFromJson(changed.dump());
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::kModel);
      return error.what();
    }
    return {};
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(problem("version", 2), HasSubstr("version 2"));
  EXPECT_THAT(problem("statistics", 17), HasSubstr("'statistics' is 17"));
  EXPECT_THAT(problem("mean", {1.0}), HasSubstr("'mean' has 1 numbers, expected "));
  EXPECT_THAT(problem("outlier", 1), HasSubstr("'outlier'"));
  nlohmann::json deviation = good["deviation"];
  deviation[3] = 0.0;
  EXPECT_THAT(problem("deviation", deviation), HasSubstr("'deviation' has 0"));
  nlohmann::json edges = good["edges"];
  edges[1] = -100.0;
  EXPECT_THAT(problem("edges", edges), HasSubstr("fall"));
  EXPECT_THROW(DriftReferenceFromJson("[]"), Error);
  EXPECT_THROW(FitDriftReference(layout, std::span(records).first(10)), Error);
}

// The same records with and without some of their readings.
DriftReference ReferenceOf(const std::function<void(Verdict&)>& change) {
  World world(Calm(20));
  std::vector<DriftFeatures> all;
  DriftLayout layout;
  for (int day = 0; day < 3; ++day) {
    for (Pair& pair : world.Day(day)) {
      change(pair.verdict);
      layout = LayoutOf(pair.record, pair.verdict, true);
      EXPECT_TRUE(ReadFeatures(pair.record, pair.verdict, layout, all.emplace_back()));
    }
  }
  return FitDriftReference(layout, all);
}

TEST(DriftReference, NarrowedToADeviceWithFewerMonitors_IsThatOfItsOwnReadings) {
  const DriftReference whole =
      ReferenceOf([](Verdict& verdict) { verdict.readings.beyond = verdict.p_correct; });
  const std::vector<std::function<void(Verdict&)>> devices = {
      [](Verdict&) {}, [](Verdict& verdict) { verdict.readings = {.beyond = verdict.p_correct}; },
      [](Verdict& verdict) { verdict.readings = {.outlier = verdict.readings.outlier}; },
      [](Verdict& verdict) { verdict.readings.outlier.reset(); },
      [](Verdict& verdict) { verdict.embedding.clear(); }};
  for (const auto& device : devices) {
    const DriftReference own = ReferenceOf(device);
    const std::optional<DriftReference> narrowed = NarrowedTo(whole, own.layout);
    ASSERT_TRUE(narrowed.has_value());
    EXPECT_EQ(narrowed->layout, own.layout);
    EXPECT_EQ(narrowed->records, own.records);
    EXPECT_EQ(narrowed->scale.mean, own.scale.mean);
    EXPECT_EQ(narrowed->scale.deviation, own.scale.deviation);
    EXPECT_EQ(narrowed->scale.edges, own.scale.edges);
    EXPECT_EQ(narrowed->scale.vector_mean, own.scale.vector_mean);
    ASSERT_EQ(narrowed->scale.vector_deviation.size(), own.scale.vector_deviation.size());
    for (std::size_t i = 0; i < own.scale.vector_deviation.size(); ++i)
      EXPECT_NEAR(narrowed->scale.vector_deviation[i], own.scale.vector_deviation[i], 1e-6);
  }
}

TEST(DriftReference, OfAnotherModelOrFewerMonitors_IsNotTaken) {
  const DriftReference poor = ReferenceOf([](Verdict& verdict) { verdict.readings = {}; });
  const auto taken = [&](const std::function<void(DriftLayout&)>& change) {
    DriftLayout layout = poor.layout;
    change(layout);
    return NarrowedTo(poor, layout).has_value();
  };
  EXPECT_TRUE(taken([](DriftLayout&) {}));
  EXPECT_FALSE(taken([](DriftLayout& layout) { layout.statistics = 6; }));
  EXPECT_FALSE(taken([](DriftLayout& layout) { layout.outputs = 3; }));
  EXPECT_FALSE(taken([](DriftLayout& layout) { layout.classes = false; }));
  EXPECT_FALSE(taken([](DriftLayout& layout) { layout.embedding = 8; }));
  EXPECT_FALSE(taken([](DriftLayout& layout) { layout.outlier = true; }));
  EXPECT_FALSE(taken([](DriftLayout& layout) { layout.flip_rate = true; }));
  EXPECT_FALSE(taken([](DriftLayout& layout) { layout.beyond = true; }));
}

TEST(DriftReference, StreamThatIsCut_EndsAsOneThatIsNot) {
  DriftOptions options;
  options.reference = ReferenceOf([](Verdict&) {});
  World world(Calm(23));
  DriftMonitor whole(options, true);
  auto cut = std::make_unique<DriftMonitor>(options, true);
  int records = 0;
  for (int day = 0; day < 16; ++day) {
    const auto change = [&](double now, Pair& pair) {
      if (now >= 10.0) pair.verdict.p_cause[1] = std::min(1.0f, pair.verdict.p_cause[1] + 0.3f);
    };
    for (const Pair& pair : world.Day(day, change)) {
      whole.Observe(pair.record, pair.verdict);
      cut->Observe(pair.record, pair.verdict);
      if (++records % 100 != 0) continue;
      const std::string state = cut->Save();
      cut = std::make_unique<DriftMonitor>(options, true);
      cut->Restore(state);
    }
  }
  EXPECT_EQ(cut->Save(), whole.Save());
  EXPECT_EQ(whole.Summary().events.size(), 1u);
}

TEST(DriftReference, OfMoreMonitors_TellsADeviceOfItsPart) {
  DriftOptions options;
  options.reference =
      ReferenceOf([](Verdict& verdict) { verdict.readings.beyond = verdict.p_correct; });
  Design design = Calm(22);
  design.outlier = design.flip_rate = false;
  World world(design);
  DriftMonitor monitor(options, true), without({}, true);
  for (int day = 0; day < 9; ++day) {
    for (Pair& pair : world.Day(day)) {
      pair.record.statistics[2] += 0.15f;
      monitor.Observe(pair.record, pair.verdict);
      without.Observe(pair.record, pair.verdict);
    }
  }
  ASSERT_FALSE(monitor.Summary().from_reference.empty());
  EXPECT_EQ(monitor.Summary().from_reference[0].signal, "input mean 1");
  EXPECT_TRUE(without.Summary().from_reference.empty());
}

}  // namespace
}  // namespace vigil
