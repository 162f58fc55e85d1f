#include "estimator/monitor/performance.h"

#include <cmath>

#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "tests/monitor/report_fixture.h"

namespace vigil {
namespace {

Calibration Agreed(double auroc = 0.85) { return testing::AgreedCalibration(auroc); }

Verdict At(double seconds, bool correct, std::int64_t epoch = 0) {
  Verdict verdict{.record_id = 7, .time_micros = static_cast<std::int64_t>(seconds * 1e6)};
  verdict.epoch = epoch;
  verdict.p_correct = correct ? 0.8f : 0.1f;
  verdict.p_cause[0] = 0.9f;
  verdict.correct = correct;
  if (!correct) verdict.causes.Add(Cause::kLocalization);
  return verdict;
}

// `records` a second apart, every `period`-th judged wrong.
std::vector<Verdict> Stream(int records, int period) {
  std::vector<Verdict> verdicts;
  for (int i = 0; i < records; ++i) verdicts.push_back(At(i, i % period != 0));
  return verdicts;
}

const PerformanceOptions kIndependent{.blocks = {.independent = true}};

TEST(EstimatePerformance, OfAgreedCalibration_IsTheMeanRateWithTheNoiseOfOutcomes) {
  const Estimate estimate = EstimatePerformance(Stream(1000, 4), {}, Agreed(), kIndependent);
  ASSERT_TRUE(estimate.available) << estimate.reason_if_none;
  EXPECT_NEAR(estimate.accuracy.value, 0.25 * 0.2 + 0.75 * 0.9, 1e-4);
  // Outcomes of known rates: (0.25 * 0.16 + 0.75 * 0.09) / 1000, normal.
  EXPECT_NEAR(estimate.accuracy.high - estimate.accuracy.value, 1.96 * std::sqrt(0.1075 / 1000),
              1e-4);
  EXPECT_NEAR(estimate.raw_mean, 0.25 * 0.1 + 0.75 * 0.8, 1e-6);
  EXPECT_EQ(estimate.records, 1000);
  EXPECT_NEAR(estimate.effective_samples, 1000, 1e-9);
}

TEST(EstimatePerformance, WeighsEpochsByWhatTheySaw) {
  std::vector<Verdict> verdicts = {At(0, true, 1), At(1, true, 1), At(2, false, 2),
                                   At(3, false, 2)};
  const std::vector<EpochCounts> counts = {{.epoch = 1, .seen = 30, .kept = 2, .judged = 2},
                                           {.epoch = 2, .seen = 10, .kept = 2, .judged = 2}};
  const Estimate estimate = EstimatePerformance(verdicts, counts, Agreed(), kIndependent);
  EXPECT_NEAR(estimate.accuracy.value, 0.75 * 0.9 + 0.25 * 0.2, 1e-4);
  EXPECT_DOUBLE_EQ(estimate.inferences, 40);
  // Scores are the same within each epoch, so that which two were judged made no difference.
  EXPECT_NEAR(estimate.accuracy.high - estimate.accuracy.value, 1.96 * std::sqrt(0.1075 / 40),
              2e-4);
}

TEST(EstimatePerformance, OfAPartOfAnEpoch_AddsTheNoiseOfSampling) {
  const std::vector<EpochCounts> counts = {
      {.epoch = 0, .seen = 4000, .kept = 1000, .judged = 1000}};
  const Estimate estimate = EstimatePerformance(Stream(1000, 4), counts, Agreed(), kIndependent);
  const double scores = 0.25 * 0.75 * 0.7 * 0.7;  // variance of rates 0.2 and 0.9
  EXPECT_NEAR(estimate.accuracy.high - estimate.accuracy.value,
              1.96 * std::sqrt(0.1075 / 4000 + 0.75 * scores / 1000), 1e-4);
}

TEST(EstimatePerformance, OfBursts_CountsBlocksAsTheUnit) {
  // Ten minutes: odd ones all right, even ones half wrong.
  std::vector<Verdict> verdicts;
  for (int i = 0; i < 600; ++i) verdicts.push_back(At(i, (i / 60) % 2 == 1 || i % 2 == 0));
  const Estimate estimate = EstimatePerformance(verdicts, {}, Agreed());
  const Estimate naive = EstimatePerformance(verdicts, {}, Agreed(), kIndependent);
  EXPECT_EQ(estimate.blocks, 10);
  // Block means 0.75 -+ 0.25 of the indicator: 0.0625 / 9 between blocks, 0.75 * 0.25 / 599 if
  // independent.
  EXPECT_NEAR(estimate.effective_samples, 600 * (0.1875 / 599) / (0.0625 / 9), 0.1);
  EXPECT_GT(estimate.accuracy.high - estimate.accuracy.low,
            2 * (naive.accuracy.high - naive.accuracy.low));
}

TEST(EstimatePerformance, WithinOneBlock_SaysThatThereIsNoEstimate) {
  const Estimate estimate = EstimatePerformance(Stream(50, 4), {}, Agreed());
  EXPECT_FALSE(estimate.available);
  EXPECT_EQ(estimate.reason_if_none,
            "all 50 records lie in one block (60 s), expected at least 2 blocks");
}

TEST(EstimatePerformance, WherePeIsBlind_SaysThatThereIsNoEstimate) {
  const Estimate estimate = EstimatePerformance(Stream(50, 4), {}, Agreed(0.59), kIndependent);
  EXPECT_FALSE(estimate.available);
  EXPECT_EQ(estimate.reason_if_none,
            "the estimator cannot tell right from wrong: AUROC 0.59 on calibration, expected at "
            "least 0.6");
}

TEST(EstimatePerformance, OfNothing_SaysSo) {
  EXPECT_EQ(EstimatePerformance({}, {}, Agreed()).reason_if_none, "no verdicts in this window");
}

TEST(EstimatePerformance, TakesATagForBlocks) {
  std::vector<Verdict> verdicts = Stream(50, 4);
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    verdicts[i].tags.emplace("drive", std::string(1, i < 20 ? 'a' : 'b'));
  }
  const PerformanceOptions options{.blocks = {.tag = "drive"}};
  EXPECT_EQ(EstimatePerformance(verdicts, {}, Agreed(), options).blocks, 2);
  verdicts[3].tags.clear();
  EXPECT_THROW(EstimatePerformance(verdicts, {}, Agreed(), options), Error);
}

TEST(EstimatePerformance, ReportsWhatIsNotRepresented) {
  const std::vector<EpochCounts> counts = {
      {.epoch = 0, .seen = 100, .kept = 60, .judged = 50, .dropped = 20, .expired = 30},
      {.epoch = 1, .seen = 100, .kept = 10}};
  const Estimate estimate = EstimatePerformance(Stream(50, 4), counts, Agreed(), kIndependent);
  EXPECT_EQ(estimate.dropped, 20);
  EXPECT_EQ(estimate.expired, 30);
  EXPECT_EQ(estimate.unjudged, 100);
  EXPECT_DOUBLE_EQ(estimate.represented, 0.25);  // half of the first epoch, none of the second
}

TEST(EstimatePerformance, RecordsThatWereSetAside_AreNotRepresented) {
  const std::vector<EpochCounts> counts = {
      {.epoch = 0, .seen = 100, .kept = 80, .judged = 60, .set_aside = 20}};
  EXPECT_DOUBLE_EQ(EstimatePerformance(Stream(50, 4), counts, Agreed(), kIndependent).represented,
                   0.75);
}

TEST(EstimatePerformance, RefusesCountsThatCannotBe) {
  const std::vector<Verdict> verdicts = Stream(50, 4);
  const auto estimate = [&](EpochCounts counts) {
    return EstimatePerformance(verdicts, std::vector<EpochCounts>{counts}, Agreed(), kIndependent);
  };
  EXPECT_THROW(estimate({.epoch = 0, .seen = 100, .judged = 49}), Error);
  EXPECT_THROW(estimate({.epoch = 0, .seen = 40, .judged = 50}), Error);
  EXPECT_THROW(estimate({.epoch = 3, .seen = 100, .judged = 50}), Error);
}

TEST(EstimatePerformance, RefusesToMixEstimators) {
  std::vector<Verdict> verdicts = Stream(50, 4);
  verdicts[9].estimator_hash = 5;
  EXPECT_THROW(EstimatePerformance(verdicts, {}, Agreed(), kIndependent), Error);
}

TEST(EstimatePerformance, SharesCausesOfAllAndOfFailures) {
  const Estimate estimate = EstimatePerformance(Stream(1000, 4), {}, Agreed(), kIndependent);
  const CauseShare& localization = estimate.causes[0];
  EXPECT_DOUBLE_EQ(localization.of_all.value, 0.25);
  EXPECT_DOUBLE_EQ(localization.of_failures.value, 1.0);
  // Wilson's interval of 250 of 1000.
  EXPECT_NEAR(localization.of_all.low, 0.2241, 2e-4);
  EXPECT_NEAR(localization.of_all.high, 0.2778, 2e-4);
}

TEST(EstimatePerformance, OfAWindowUnlikeEveryMix_IsMarked) {
  // Every mix is half and half.
  EXPECT_TRUE(EstimatePerformance(Stream(1000, 10), {}, Agreed(), kIndependent)
                  .outside_calibrated_conditions);
  EXPECT_FALSE(EstimatePerformance(Stream(1000, 2), {}, Agreed(), kIndependent)
                   .outside_calibrated_conditions);
}

}  // namespace
}  // namespace vigil
