#include "estimator/monitor/baselines/virtual_logit.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "estimator/monitor/eigen.h"

namespace vigil {
namespace {

TEST(SymmetricEigen, OfAThreeByThree_IsThatOfHand) {
  // 2 along (1, 1, 0), 1 along (0, 0, 1), 0 along (1, -1, 0).
  const EigenPairs pairs = SymmetricEigen({1, 1, 0, 1, 1, 0, 0, 0, 1}, 3);
  EXPECT_NEAR(pairs.values[0], 2.0, 1e-12);
  EXPECT_NEAR(pairs.values[1], 1.0, 1e-12);
  EXPECT_NEAR(pairs.values[2], 0.0, 1e-12);
  EXPECT_NEAR(std::abs(pairs.vectors[0][0]), std::sqrt(0.5), 1e-12);
  EXPECT_NEAR(pairs.vectors[0][0], pairs.vectors[0][1], 1e-12);
  EXPECT_NEAR(std::abs(pairs.vectors[1][2]), 1.0, 1e-12);
}

TEST(SymmetricEigen, Pairs_MakeTheMatrixAgain) {
  constexpr std::size_t kSize = 23;
  std::mt19937 engine(5);
  std::normal_distribution<double> normal;
  std::vector<double> matrix(kSize * kSize);
  for (std::size_t i = 0; i < kSize; ++i) {
    for (std::size_t j = 0; j <= i; ++j)
      matrix[i * kSize + j] = matrix[j * kSize + i] = normal(engine);
  }
  const EigenPairs pairs = SymmetricEigen(matrix, kSize);
  for (std::size_t i = 0; i < kSize; ++i) {
    for (std::size_t j = 0; j < kSize; ++j) {
      double sum = 0.0;
      for (std::size_t k = 0; k < kSize; ++k)
        sum += pairs.values[k] * pairs.vectors[k][i] * pairs.vectors[k][j];
      EXPECT_NEAR(sum, matrix[i * kSize + j], 1e-9) << i << ", " << j;
    }
  }
  EXPECT_TRUE(std::ranges::is_sorted(pairs.values, std::greater<>()));
}

TEST(SymmetricEigen, NumbersThatAreNotFinite_AreRefused) {
  EXPECT_THROW(SymmetricEigen({std::numeric_limits<double>::quiet_NaN()}, 1), Error);
}

// Two features that go together: only their difference is strange.
TEST(VirtualLogit, WhatBreaksTheKnownDirections_ScoresLower) {
  std::mt19937 engine(7);
  std::normal_distribution<float> normal;
  std::vector<std::vector<float>> features, outputs;
  for (int i = 0; i < 400; ++i) {
    const float common = normal(engine);
    features.push_back({common, common + 0.05f * normal(engine)});
    outputs.push_back({3.0f + normal(engine), 0.0f});
  }
  std::vector<BaselineInput> known;
  for (std::size_t i = 0; i < features.size(); ++i) known.push_back({outputs[i], features[i]});
  const std::vector<float> along = {2.0f, 2.0f}, across = {1.0f, -1.0f}, sure = {8.0f, 0.0f};
  for (const bool has_logits : {true, false}) {
    const VirtualLogit matching(known, has_logits);
    EXPECT_GT(matching.Score({outputs[0], along}), matching.Score({outputs[0], across}) + 1.0);
    const bool heeds = matching.Score({sure, along}) > matching.Score({outputs[0], along});
    EXPECT_EQ(heeds, has_logits) << "T's own logits count where it has some";
  }
}

}  // namespace
}  // namespace vigil
