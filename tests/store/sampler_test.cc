#include "estimator/store/sampler.h"

#include <cmath>

#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::FakeClock;

TEST(EpochSampler, Next_BelowCapacity_KeepsEverythingInPlacesOfItsOwn) {
  FakeClock clock;
  EpochSampler sampler({.capacity = 3}, clock);
  for (std::int64_t i = 0; i < 3; ++i) {
    const SamplingDecision decision = sampler.Next();
    EXPECT_TRUE(decision.keep);
    EXPECT_FALSE(decision.replaces);
    EXPECT_EQ(decision.place, i);
    EXPECT_EQ(decision.epoch, clock.wall_micros);
  }
}

TEST(EpochSampler, Next_AboveCapacity_KeepsOnlyByReplacing) {
  FakeClock clock;
  EpochSampler sampler({.capacity = 4, .seed = 3}, clock);
  int kept = 0;
  for (int i = 0; i < 1000; ++i) {
    const SamplingDecision decision = sampler.Next();
    EXPECT_EQ(decision.keep && i >= 4, decision.replaces);
    EXPECT_TRUE(!decision.keep || (decision.place >= 0 && decision.place < 4));
    kept += decision.keep;
  }
  EXPECT_LT(kept, 60);  // 4 * (1 + ln(1000 / 4)) = 26 on average
  EXPECT_GT(kept, 8);
  EXPECT_EQ(sampler.Progress()->seen, 1000);
}

TEST(EpochSampler, Next_WithOneSeed_DecidesTheSameAgain) {
  FakeClock clock;
  EpochSampler a({.capacity = 2, .seed = 5}, clock), b({.capacity = 2, .seed = 5}, clock);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(a.Next().place, b.Next().place);
}

// Every inference that could be kept ends in the sample equally often, also around a stretch in
// which no slot was free: k / offered, within five standard deviations.
TEST(EpochSampler, Next_OverManyEpochs_SamplesEveryInferenceAlike) {
  constexpr int kInferences = 40, kBusyFrom = 15, kBusyTo = 25, kEpochs = 20000;
  constexpr double kCapacity = 5, kOffered = 30;
  FakeClock clock;
  EpochSampler sampler({.capacity = 5, .seed = 11}, clock);
  std::vector<int> sampled(kInferences);
  for (int epoch = 0; epoch < kEpochs; ++epoch) {
    std::vector<int> places(5, -1);
    for (int i = 0; i < kInferences; ++i) {
      const SamplingDecision decision = sampler.Next(i < kBusyFrom || i >= kBusyTo);
      if (decision.keep) places[static_cast<std::size_t>(decision.place)] = i;
    }
    for (const int i : places) ++sampled[static_cast<std::size_t>(i)];
    sampler.Close();
  }
  const double p = kCapacity / kOffered;
  const double deviation = std::sqrt(kEpochs * p * (1 - p));
  for (int i = 0; i < kInferences; ++i) {
    const double expected = i < kBusyFrom || i >= kBusyTo ? kEpochs * p : 0.0;
    EXPECT_NEAR(sampled[static_cast<std::size_t>(i)], expected, 5 * deviation) << i;
  }
  EXPECT_EQ(sampled[kBusyFrom], 0);
}

TEST(EpochSampler, Next_AfterAnHour_OpensAnotherEpoch) {
  FakeClock clock;
  EpochSampler sampler({.capacity = 10}, clock);
  const std::int64_t first = sampler.Next().epoch;
  clock.monotonic += minutes(59);
  EXPECT_EQ(sampler.Next().epoch, first);
  clock.monotonic += minutes(1);
  clock.wall_micros += 3'600'000'000;
  EXPECT_EQ(sampler.Next().epoch, first + 3'600'000'000);
  const auto closed = sampler.TakeClosed();
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].epoch, first);
  EXPECT_EQ(closed[0].seen, 2);
  EXPECT_TRUE(sampler.TakeClosed().empty());
}

TEST(EpochSampler, Next_WhereTheWallClockWentBack_StillGivesALargerEpoch) {
  FakeClock clock;
  EpochSampler sampler({.capacity = 10}, clock);
  const std::int64_t first = sampler.Next().epoch;
  sampler.Close();
  clock.wall_micros -= 5'000'000;
  EXPECT_EQ(sampler.Next().epoch, first + 1);
}

TEST(EpochSampler, Drop_OfARecordWhoseEpochHasEnded_CountsThere) {
  FakeClock clock;
  EpochSampler sampler({.capacity = 10}, clock);
  const SamplingDecision decision = sampler.Next();
  sampler.Close();
  sampler.Next(false);
  sampler.Drop(decision);
  EXPECT_EQ(sampler.TakeClosed()[0].dropped, 1);
  EXPECT_EQ(sampler.Progress()->dropped, 1);  // the one that could not be kept
}

}  // namespace
}  // namespace vigil
