#include "estimator/monitor/drift/drift_statistics.h"

#include <cmath>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "estimator/monitor/drift/state_archive.h"
#include "estimator/verdict/distributions.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(NormalScoreOfT, IsTheQuantileOfTheSameProbability) {
  for (const double degrees : {4.0, 9.0, 30.0}) {
    for (const double t : {-3.0, -0.5, 0.0, 1.0, 2.5, 5.0}) {
      EXPECT_NEAR(NormalScoreOfT(t, degrees), NormalQuantile(StudentTCdf(t, degrees)), 0.03)
          << t << " of " << degrees;
    }
  }
}

TEST(NormalScoreOfRatio, OfAChiSquare_IsAboutStandardNormal) {
  std::mt19937_64 random(1);
  for (const double degrees : {3.0, 20.0}) {
    std::chi_squared_distribution<double> chi_square(degrees);
    double sum = 0.0, squares = 0.0;
    int beyond = 0;
    constexpr int kDraws = 20000;
    for (int i = 0; i < kDraws; ++i) {
      const double z = NormalScoreOfRatio(chi_square(random) / degrees, degrees);
      sum += z;
      squares += z * z;
      beyond += z > 2.326 ? 1 : 0;  // 1 %
    }
    EXPECT_NEAR(sum / kDraws, 0.0, 0.03);
    EXPECT_NEAR(squares / kDraws, 1.0, 0.05);
    EXPECT_NEAR(beyond / double{kDraws}, 0.01, 0.003);
  }
}

TEST(KolmogorovTail, HasTheTabledQuantiles) {
  // Smirnov's table: 1.358 / sqrt(n) is passed once in twenty, 1.628 / sqrt(n) once in a hundred.
  EXPECT_NEAR(KolmogorovTail(1.358 / 100.0, 1e4), 0.05, 0.002);
  EXPECT_NEAR(KolmogorovTail(1.628 / 100.0, 1e4), 0.01, 0.001);
  EXPECT_DOUBLE_EQ(KolmogorovTail(0.0, 50.0), 1.0);
  EXPECT_DOUBLE_EQ(KolmogorovTail(0.5, 0.0), 1.0);
}

TEST(Holm, StepsDownAndNeverBelowASmallerOne) {
  const std::vector<double> p = {0.01, 0.04, 0.03, 0.005};
  const std::vector<double> corrected = Holm(p);
  EXPECT_NEAR(corrected[3], 0.02, 1e-12);  // 4 x 0.005
  EXPECT_NEAR(corrected[0], 0.03, 1e-12);  // 3 x 0.01
  EXPECT_NEAR(corrected[2], 0.06, 1e-12);  // 2 x 0.03
  EXPECT_NEAR(corrected[1], 0.06, 1e-12);  // not 0.04
}

TEST(CumulativeSumLimit, IsPassedOnceInSoManySteps) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  constexpr double kRun = 400.0;
  const double limit = CumulativeSumLimit(kRun, 0.5);
  double steps = 0.0;
  constexpr int kRuns = 600;
  for (int run = 0; run < kRuns; ++run) {
    CumulativeSum sum;
    for (std::int64_t step = 0; sum.height(true) < limit; ++step, ++steps)
      sum.Add(normal(random), 0.5, step);
  }
  EXPECT_NEAR(steps / kRuns, kRun, 0.15 * kRun);
}

TEST(CumulativeSum, SaysSinceWhenItsRunGoes) {
  CumulativeSum sum;
  sum.Add(0.2, 0.5, 10);
  EXPECT_EQ(sum.since(true), -1);
  sum.Add(2.0, 0.5, 11);
  sum.Add(2.0, 0.5, 12);
  EXPECT_EQ(sum.since(true), 11);
  EXPECT_FLOAT_EQ(sum.height(false), 3.0f);
  sum.Add(-9.0, 0.5, 13);
  EXPECT_EQ(sum.since(true), -1);
  EXPECT_EQ(sum.since(false), 13);  // downwards
}

struct Kept {
  std::int64_t number = 0;
  std::vector<float> values;
  std::string text;
  std::optional<std::uint8_t> letter;
  template <typename Archive>
  void Visit(Archive& archive) {
    archive(number, values, text, letter);
  }
};

TEST(StateArchive, GivesBackWhatWasWritten) {
  Kept kept{-5, {0.1f, -0.0f, 1e-40f}, "x", 3};
  StateWriter writer;
  writer(kept);
  StateReader reader(writer.Close("kept/1"), "kept/1");
  Kept read;
  reader(read);
  reader.Close();
  EXPECT_EQ(read.number, -5);
  EXPECT_THAT(read.values, ElementsAre(0.1f, -0.0f, 1e-40f));
  EXPECT_EQ(read.text, "x");
  EXPECT_EQ(read.letter, 3);
}

TEST(StateArchive, WhenDamagedOrOfAnotherKind_IsRefused) {
  Kept kept{7, {1.0f}, "", std::nullopt};
  StateWriter writer;
  writer(kept);
  const std::string text = writer.Close("kept/1");
  const auto problem = [](const std::string& state, const char* kind) -> std::string {
    try {
      StateReader reader(state, kind);
      Kept read;
      reader(read);
      reader.Close();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kMalformed);
      return error.what();
    }
    return {};
  };
  EXPECT_EQ(problem(text, "kept/1"), "");
  EXPECT_THAT(problem(text, "kept/2"), HasSubstr("checksum"));
  EXPECT_THAT(problem("?" + text, "kept/1"), HasSubstr("base64"));
  EXPECT_THAT(problem(text.substr(0, 4), "kept/1"), HasSubstr("too early"));
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string damaged = text;
    damaged[at] = damaged[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(problem(damaged, "kept/1"), "") << at;
  }
}

}  // namespace
}  // namespace vigil
