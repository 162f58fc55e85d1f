#include "estimator/monitor/advice/advice.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace vigil {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kDayMicros = 86'400'000'000;
constexpr std::int64_t kNow = 20'000 * kDayMicros;

AdviceInput Quiet() {
  AdviceInput input{.now_micros = kNow};
  input.estimate = {.available = true, .accuracy = {0.9, 0.88, 0.92}, .records = 1000};
  input.estimate.inferences = 5000.0;
  return input;
}

DriftEvent Event(DriftKind kind, bool hurts, bool lasting = false) {
  DriftEvent event{.start_micros = kNow - 10 * kDayMicros, .lasting = lasting, .kind = kind};
  event.hurts = hurts;
  event.signals = {{.signal = "latents", .effect = 0.5}};
  return event;
}

std::vector<AdviceKind> KindsOf(const std::vector<Advice>& advice) {
  std::vector<AdviceKind> kinds;
  for (const Advice& given : advice) kinds.push_back(given.kind);
  return kinds;
}

struct Case {
  const char* what;
  std::function<void(AdviceInput&, AdviceOptions&)> change;
  std::vector<AdviceKind> advice;
};

TEST(Advise, SaysWhatToDo) {
  using enum AdviceKind;
  const std::vector<Case> cases = {
      {"nothing happened", [](auto&, auto&) {}, {kNothing}},
      {"a broken pipeline",
       [](auto& input, auto&) { input.events = {Event(DriftKind::kPipeline, true)}; },
       {kFixPipeline}},
      {"a pipeline mended long ago",
       [](auto& input, auto&) {
         input.events = {Event(DriftKind::kPipeline, true)};
         input.events[0].ended_micros = kNow - 30 * kDayMicros;
       },
       {kNothing}},
      {"many input faults",
       [](auto& input, auto&) { input.input_incidents = 100; },
       {kFixPipeline}},
      {"few input faults", [](auto& input, auto&) { input.input_incidents = 10; }, {kNothing}},
      {"darkness that hurts",
       [](auto& input, auto&) { input.events = {Event(DriftKind::kInput, true)}; },
       {kRetrainTarget}},
      {"a new camera that does not",
       [](auto& input, auto&) { input.events = {Event(DriftKind::kInput, false, true)}; },
       {kRecalibrateEstimator}},
      {"an attack that is over",
       [](auto& input, auto&) {
         input.events = {Event(DriftKind::kAdversarial, true)};
         input.events[0].ended_micros = kNow - kDayMicros;
       },
       {kRetrainTarget}},
      {"a subgroup that fails",
       [](auto& input, auto&) {
         input.slices = {{"light=night", {0.6, 0.5, 0.7}, 80}};
       },
       {kRetrainTarget}},
      {"accuracy surely below what is asked",
       [](auto&, auto& options) { options.least_accuracy = 0.95; },
       {kRetrainTarget}},
      {"accuracy perhaps below",
       [](auto&, auto& options) { options.least_accuracy = 0.91; },
       {kNothing}},
      {"many outliers", [](auto& input, auto&) { input.outlier_share = 0.2; }, {kRetrainTarget}},
      {"a blind PE", [](auto& input, auto&) { input.estimator_auroc = 0.62; }, {kRetrainEstimator}},
      {"other conditions",
       [](auto& input, auto&) { input.estimate.outside_calibrated_conditions = true; },
       {kRecalibrateEstimator}},
      {"no calibration",
       [](auto& input, auto&) {
         input.calibrated = false;
         input.estimate.available = false;
       },
       {kRecalibrateEstimator}},
      {"no baseline yet", [](auto& input, auto&) { input.watching = false; }, {kWait}},
      {"all at once",
       [](auto& input, auto&) {
         input.events = {Event(DriftKind::kPipeline, true), Event(DriftKind::kInput, true, true)};
         input.estimate.accuracy = {0.9, 0.8, 1.0};
       },
       {kFixPipeline, kRetrainTarget, kRecalibrateEstimator, kWait}},
  };
  for (const Case& one : cases) {
    AdviceInput input = Quiet();
    AdviceOptions options;
    one.change(input, options);
    const std::vector<Advice> advice = Advise(input, options);
    EXPECT_EQ(KindsOf(advice), one.advice) << one.what;
    for (const Advice& given : advice) {
      EXPECT_FALSE(given.reason.empty()) << one.what;
      EXPECT_EQ(given.evidence.empty(), given.kind == kNothing) << one.what;
    }
  }
}

TEST(Advise, WhenTheIntervalIsWide_SaysHowManyRecordsMakeItNarrow) {
  AdviceInput input = Quiet();
  input.estimate.accuracy = {0.9, 0.8, 1.0};  // twice as wide as is of use
  const std::vector<Advice> advice = Advise(input, {.widest = 0.1});
  ASSERT_THAT(KindsOf(advice), ElementsAre(AdviceKind::kWait));
  EXPECT_EQ(advice[0].more_records, 3000);  // four times as many as there are
}

TEST(Advise, AsJson_HasReasonsAndEvidence) {
  AdviceInput input = Quiet();
  input.estimator_auroc = 0.62;
  const nlohmann::json json = ToJson(Advise(input));
  ASSERT_EQ(json.size(), 1u);
  EXPECT_EQ(json[0]["advice"], "retrain-estimator");
  EXPECT_EQ(json[0]["evidence"][0]["value"], 0.62);
  EXPECT_EQ(json[0]["evidence"][0]["limit"], 0.7);
}

}  // namespace
}  // namespace vigil
