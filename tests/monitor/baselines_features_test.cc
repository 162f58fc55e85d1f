#include "estimator/monitor/baselines/baselines_features.h"

#include <cmath>

#include <gtest/gtest.h>

#include "engine/base/error.h"

namespace vigil {
namespace {

TEST(PoolChannels, GivesMeanAndDeviationOfEach) {
  const std::vector<float> map = {1.0f, 3.0f, 1.0f, 3.0f, 5.0f, 5.0f, 5.0f, 5.0f};
  std::vector<float> pooled;
  PoolChannels(map, 2, pooled);
  EXPECT_EQ(pooled, (std::vector<float>{2.0f, 1.0f, 5.0f, 0.0f}));
}

TEST(Cholesky, SolvesByHand) {
  // [4 2; 2 5] has the factor [2 0; 1 2].
  const Cholesky matrix({4.0, 99.0, 2.0, 5.0}, 2);
  EXPECT_EQ(matrix.SolveLower({2.0, 5.0}), (std::vector<double>{1.0, 2.0}));
  const std::vector<double> x = matrix.Solve({8.0, 12.0});
  EXPECT_NEAR(x[0], 1.0, 1e-12);
  EXPECT_NEAR(x[1], 2.0, 1e-12);
}

TEST(Cholesky, NotPositiveDefinite_NamesThePivot) {
  try {
    Cholesky({1.0, 0.0, 2.0, 1.0}, 2);
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kTraining);
    EXPECT_NE(std::string(error.what()).find("pivot 1"), std::string::npos) << error.what();
  }
}

// Two classes around (0, 0) and (10, 0), each spread by 2 along x and 1 along y (variances 4 and 1,
// no correlation, so that shrinking changes nothing).
class TwoClasses : public ::testing::Test {
 protected:
  TwoClasses() {
    for (int label = 0; label < 2; ++label) {
      const float x = 10.0f * static_cast<float>(label);
      for (const float sx : {-2.0f, 2.0f})
        for (const float sy : {-1.0f, 1.0f}) {
          rows.push_back({x + sx, sy});
          labels.push_back(label);
        }
    }
    for (std::size_t i = 0; i < rows.size(); ++i) samples.push_back({rows[i], labels[i]});
  }
  std::vector<std::vector<float>> rows;
  std::vector<int> labels;
  std::vector<LabelledFeatures> samples;
};

TEST_F(TwoClasses, Mahalanobis_MeasuresInDeviationsFromTheNearestMean) {
  const Mahalanobis score(samples);
  // A millionth of the mean variance is added to each.
  EXPECT_NEAR(score.Score(std::vector<float>{0.0f, 0.0f}), 0.0, 1e-9);
  EXPECT_NEAR(score.Score(std::vector<float>{4.0f, 0.0f}), -4.0, 1e-4);   // two deviations
  EXPECT_NEAR(score.Score(std::vector<float>{10.0f, 3.0f}), -9.0, 1e-4);  // three of the second
}

TEST_F(TwoClasses, NearestNeighbours_MeasureAngles) {
  const std::vector<std::vector<float>> axes = {{3.0f, 0.0f}, {0.0f, 2.0f}, {-1.0f, 0.0f}};
  const std::vector<LabelledFeatures> known = {{axes[0], 0}, {axes[1], 0}, {axes[2], 0}};
  const std::vector<float> ahead = {7.0f, 0.0f};
  EXPECT_NEAR(NearestNeighbours(known, 1).Score(ahead), 0.0, 1e-6);
  EXPECT_NEAR(NearestNeighbours(known, 2).Score(ahead), -std::sqrt(2.0), 1e-6);
  EXPECT_NEAR(NearestNeighbours(known, 50).Score(ahead), -2.0, 1e-6);
}

}  // namespace
}  // namespace vigil
