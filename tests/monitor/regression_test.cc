#include "estimator/monitor/regression.h"

#include <cmath>

#include <gtest/gtest.h>

namespace vigil {
namespace {

Rows Column(const std::vector<double>& values) {
  Rows rows;
  for (const double value : values) rows.Add(std::vector{value});
  return rows;
}

TEST(Standardiser, GivesMeanZeroAndDeviationOne) {
  Rows rows;
  rows.Add(std::vector{1.0, 7.0});
  rows.Add(std::vector{3.0, 7.0});
  const Standardiser standard(rows);
  EXPECT_EQ(standard.Apply(std::vector{5.0, 9.0}), (std::vector<double>{3.0, 0.0}));
}

TEST(FitRidge, HardlyPenalised_FindsTheLine) {
  const LinearModel model = FitRidge(Column({0.0, 1.0, 2.0}), std::vector{1.0, 3.0, 5.0}, 1e-12);
  EXPECT_NEAR(model.weight[0], 2.0, 1e-9);
  EXPECT_NEAR(model.bias, 1.0, 1e-9);
}

// x = -1, 1, y = -1, 1: the weight is sum(xy) / (sum(xx) + n * penalty) = 2 / (2 + 2).
TEST(FitRidge, Penalty_ShrinksTheWeightButNotTheBias) {
  const LinearModel model = FitRidge(Column({-1.0, 1.0}), std::vector{4.0, 6.0}, 1.0);
  EXPECT_NEAR(model.weight[0], 0.5, 1e-12);
  EXPECT_NEAR(model.bias, 5.0, 1e-12);
}

// Of four samples at x = 0 one is positive, at x = 1 three are: log odds -log 3 and log 3.
TEST(FitLogistic, TwoGroups_ReproducesTheirOdds) {
  const LinearModel model = FitLogistic(Column({0, 0, 0, 0, 1, 1, 1, 1}),
                                        std::vector<double>{1, 0, 0, 0, 1, 1, 1, 0}, 1e-12);
  EXPECT_NEAR(model.Predict(std::vector{0.0}), -std::log(3.0), 1e-6);
  EXPECT_NEAR(model.Predict(std::vector{1.0}), std::log(3.0), 1e-6);
}

TEST(FitLogistic, Separable_StaysFinite) {
  const LinearModel model = FitLogistic(Column({-1.0, 1.0}), std::vector{0.0, 1.0}, 1e-4);
  EXPECT_TRUE(std::isfinite(model.weight[0]));
  EXPECT_GT(model.weight[0], 2.0);
}

TEST(RandomUnits, ExpandKeepsTheInputs_AndFitsWhatNoLineDoes) {
  Rows rows;
  std::vector<double> targets;
  const RandomUnits units(1, 40, 5);
  for (int i = 0; i <= 40; ++i) {
    const double x = -2.0 + 0.1 * i;
    rows.Add(units.Expand(std::vector{x}));
    targets.push_back(std::abs(x));
    EXPECT_EQ(rows.row(rows.size() - 1)[0], x);
  }
  const LinearModel model = FitRidge(rows, targets, 1e-6);
  double worst = 0.0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    worst = std::max(worst, std::abs(model.Predict(rows.row(i)) - targets[i]));
  EXPECT_LT(worst, 0.1);  // the best line is off by 1
}

}  // namespace
}  // namespace vigil
