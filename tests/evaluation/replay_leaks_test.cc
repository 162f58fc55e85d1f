// The measures of what replay leaks catch a generator that copies, and clear one that does not.
#include "estimator/evaluation/replay_leaks.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "estimator/data/random.h"

namespace vigil {
namespace {

constexpr std::size_t kWidth = 13;  // no multiple of what is summed side by side

ReplayPoints Normals(std::uint64_t seed, std::size_t count) {
  ReplayPoints points{.width = kWidth, .values = {}};
  Random random{seed};
  for (std::size_t i = 0; i < count * kWidth; ++i)
    points.values.push_back(static_cast<float>(random.Normal()));
  return points;
}

std::vector<int> EachItsOwn(std::size_t count) {
  std::vector<int> groups(count);
  std::iota(groups.begin(), groups.end(), 0);
  return groups;
}

std::vector<double> Near(const ReplayPoints& points, const ReplayPoints& others) {
  std::vector<double> scores = NearestDistances(points, others);
  for (double& score : scores) score = -score;
  return scores;
}

Interval AttackBy(const ReplayPoints& members, const ReplayPoints& others,
                  const ReplayPoints& replayed) {
  return MembershipAttack(Near(members, replayed), EachItsOwn(members.size()),
                          Near(others, replayed), EachItsOwn(others.size()), 100, 1);
}

TEST(NearestDistances, OfAFewPoints_AreThoseByHand) {
  const ReplayPoints points{.width = 2, .values = {0, 0, 5, 5}};
  const ReplayPoints others{.width = 2, .values = {3, 4, 5, 6, -10, 0}};
  const std::vector<double> nearest = NearestDistances(points, others);
  EXPECT_DOUBLE_EQ(nearest[0], 5.0);
  EXPECT_DOUBLE_EQ(nearest[1], 1.0);
}

TEST(NearestDistances, OfManyNumbers_AgreeWithTheWholeSum) {
  const auto wide = [](std::uint64_t seed, std::size_t count) {
    ReplayPoints points{.width = 211, .values = {}};
    Random random{seed};
    for (std::size_t i = 0; i < count * points.width; ++i)
      points.values.push_back(static_cast<float>(random.Normal()));
    return points;
  };
  const ReplayPoints points = wide(1, 7), others = wide(2, 29);
  const std::vector<double> nearest = NearestDistances(points, others);
  for (std::size_t n = 0; n < points.size(); ++n) {
    double least = 1e300;
    for (std::size_t o = 0; o < others.size(); ++o) {
      double sum = 0.0;
      for (std::size_t i = 0; i < points.width; ++i)
        sum += std::pow(points.row(n)[i] - others.row(o)[i], 2);
      least = std::min(least, std::sqrt(sum));
    }
    EXPECT_NEAR(nearest[n], least, 1e-4 * least);
  }
}

TEST(ReplayLeaks, AGeneratorThatCopies_IsCaughtByBothMeasures) {
  const ReplayPoints training = Normals(1, 300), held_out = Normals(2, 300);
  ReplayPoints copies = training;
  Random random{3};
  for (float& value : copies.values) value += static_cast<float>(0.001 * random.Normal());
  const ReplayNearness nearness =
      NearnessOf(NearestDistances(copies, training), NearestDistances(held_out, training));
  EXPECT_LT(nearness.ratio, 0.01);
  EXPECT_DOUBLE_EQ(nearness.nearer.value, 1.0);
  const Interval attack = AttackBy(training, held_out, copies);
  EXPECT_GT(attack.value, 0.999);
  EXPECT_GT(attack.low, 0.99);
}

TEST(ReplayLeaks, AGeneratorThatDrawsAnew_IsCleared) {
  const ReplayPoints training = Normals(1, 300), held_out = Normals(2, 300),
                     replayed = Normals(4, 300);
  const ReplayNearness nearness =
      NearnessOf(NearestDistances(replayed, training), NearestDistances(held_out, training));
  EXPECT_NEAR(nearness.ratio, 1.0, 0.05);
  EXPECT_LE(nearness.nearer.low, 0.01);
  const Interval attack = AttackBy(training, held_out, replayed);
  EXPECT_LT(attack.low, 0.5);
  EXPECT_GT(attack.high, 0.5);
}

TEST(ReplayLeaks, AGeneratorThatCopiesAFew_IsSeenInTheShareThatIsNearer) {
  const ReplayPoints training = Normals(1, 300), held_out = Normals(2, 300);
  ReplayPoints replayed = Normals(4, 300);
  std::copy_n(training.values.begin(), 30 * kWidth, replayed.values.begin());
  const ReplayNearness nearness =
      NearnessOf(NearestDistances(replayed, training), NearestDistances(held_out, training));
  EXPECT_GT(nearness.ratio, 0.9) << "the median does not see them";
  EXPECT_GT(nearness.nearer.low, 0.05);
}

TEST(MembershipAttack, OfOneGroupEach_HasNoWidth) {
  const std::vector<double> members = {3.0, 1.0}, others = {2.0, 0.0};
  const std::vector<int> together = {7, 7};
  const Interval attack = MembershipAttack(members, together, others, together, 50, 1);
  EXPECT_DOUBLE_EQ(attack.value, 0.75);
  EXPECT_DOUBLE_EQ(attack.low, 0.75);
  EXPECT_DOUBLE_EQ(attack.high, 0.75);
}

}  // namespace
}  // namespace vigil
