#include "estimator/verdict/distributions.h"

#include <gtest/gtest.h>

namespace vigil {
namespace {

// Values of printed tables.
TEST(StudentTQuantile, AgreesWithTables) {
  EXPECT_NEAR(StudentTQuantile(0.975, 1), 12.706, 5e-4);
  EXPECT_NEAR(StudentTQuantile(0.975, 5), 2.571, 5e-4);
  EXPECT_NEAR(StudentTQuantile(0.95, 30), 1.697, 5e-4);
  EXPECT_NEAR(StudentTQuantile(0.995, 10), 3.169, 5e-4);
  EXPECT_NEAR(StudentTQuantile(0.025, 5), -2.571, 5e-4);
}

TEST(StudentTQuantile, WithManyDegrees_IsNormal) {
  EXPECT_NEAR(StudentTQuantile(0.975, 1e6), 1.95997, 1e-5);
}

TEST(NormalQuantile, AgreesWithTables) {
  EXPECT_NEAR(NormalQuantile(0.975), 1.959964, 1e-6);
  EXPECT_NEAR(NormalQuantile(0.5), 0.0, 1e-9);
  EXPECT_NEAR(NormalQuantile(0.001), -3.090232, 1e-6);
}

TEST(ChiSquareQuantile, AgreesWithTablesWithinOnePercent) {
  EXPECT_NEAR(ChiSquareQuantile(0.95, 3), 7.815, 0.078);
  EXPECT_NEAR(ChiSquareQuantile(0.99, 10), 23.209, 0.23);
  EXPECT_NEAR(ChiSquareQuantile(0.99, 50), 76.154, 0.76);
}

}  // namespace
}  // namespace vigil
