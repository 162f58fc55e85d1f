#include "estimator/evaluation/bootstrap.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include <gtest/gtest.h>

namespace vigil {
namespace {

TEST(ClusterBootstrap, DrawsWholeClusters_AsManyAsThereAre) {
  const std::vector<int> people = {70, 70, 5, 5, 5, -1};
  const ClusterBootstrap bootstrap(people, 50, 3);
  EXPECT_EQ(bootstrap.clusters(), 3);
  std::set<std::vector<int>> seen;
  for (int r = 0; r < bootstrap.draws(); ++r) {
    const std::vector<int> times = bootstrap.Times(r);
    EXPECT_EQ(times[0], times[1]);
    EXPECT_EQ(times[2], times[4]);
    EXPECT_EQ(times[0] + times[2] + times[5], 3);
    EXPECT_EQ(times, bootstrap.Times(r));
    seen.insert(times);
  }
  EXPECT_GT(seen.size(), 5u);
}

// Of n independent draws with p = 0.3 the mean's standard error is sqrt(p (1 - p) / n) = 0.0229.
TEST(ClusteredShare, OfIndependentRecords_IsAsWideAsTheBinomial) {
  std::vector<int> alone(400);
  std::iota(alone.begin(), alone.end(), 0);
  std::vector<double> hits(400);
  for (std::size_t i = 0; i < 120; ++i) hits[i] = 1.0;
  const Interval interval = ClusteredShare(hits, ClusterBootstrap(alone, 2000, 1));
  EXPECT_DOUBLE_EQ(interval.value, 0.3);
  EXPECT_NEAR(interval.high - interval.low, 2 * 1.96 * 0.0229, 0.008);
}

// Ten people of 40 images each, all alike within a person: as good as ten images.
TEST(ClusteredShare, OfAlikeRecordsInClusters_IsWider) {
  std::vector<int> person;
  std::vector<double> hits;
  for (int i = 0; i < 400; ++i) {
    person.push_back(i / 40);
    hits.push_back(i / 40 < 3 ? 1.0 : 0.0);
  }
  const Interval interval = ClusteredShare(hits, ClusterBootstrap(person, 2000, 1));
  EXPECT_NEAR(interval.high - interval.low, 2 * 1.96 * std::sqrt(0.21 / 10), 0.12);
}

TEST(PercentileInterval, TakesTheMiddleAndLeavesOutWhatWasNot) {
  std::vector<double> drawn = {std::numeric_limits<double>::quiet_NaN()};
  for (int i = 100; i >= 0; --i) drawn.push_back(i);
  const Interval interval = PercentileInterval(42.0, drawn, 0.9);
  EXPECT_DOUBLE_EQ(interval.value, 42.0);
  EXPECT_NEAR(interval.low, 5.0, 1e-9);
  EXPECT_NEAR(interval.high, 95.0, 1e-9);
  EXPECT_TRUE(std::isnan(PercentileInterval(1.0, {}).low));
}

// Brown, Cai and DasGupta 2001: for 0 of n the upper end is z^2 / (n + z^2).
TEST(WilsonInterval, OfNoHits_AndOfHalf) {
  const double z2 = 1.959963985 * 1.959963985;
  EXPECT_EQ(WilsonInterval(0, 20).low, 0.0);
  EXPECT_NEAR(WilsonInterval(0, 20).high, z2 / (20 + z2), 1e-6);
  const Interval half = WilsonInterval(50, 100);
  EXPECT_NEAR(0.5 * (half.low + half.high), 0.5, 1e-12);
  EXPECT_NEAR(half.high, 0.5962, 1e-3);
}

}  // namespace
}  // namespace vigil
