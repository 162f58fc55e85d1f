#include "estimator/verdict/ranking.h"

#include <cmath>

#include <gtest/gtest.h>

namespace vigil {
namespace {

// By falling score: right, wrong, right, right, wrong.
const std::vector<Ranked> kFive = {
    {0.9, true}, {0.8, false}, {0.7, true}, {0.6, true}, {0.1, false}};

TEST(Auroc, CountsPairsInTheRightOrder) {
  // Of 3 * 2 pairs the wrong 0.8 beats 0.7 and 0.6.
  EXPECT_DOUBLE_EQ(Auroc(kFive), 4.0 / 6.0);
}

TEST(Auroc, CountsATieAsHalf) {
  EXPECT_DOUBLE_EQ(Auroc(std::vector<Ranked>{{0.5, true}, {0.5, false}, {0.2, false}}), 0.75);
}

TEST(Auroc, WithOneClass_IsNotANumber) {
  EXPECT_TRUE(std::isnan(Auroc(std::vector<Ranked>{{0.5, true}})));
}

TEST(AuprError, AveragesThePrecisionAtEachError) {
  // From the lowest: the first is an error (1 of 1), the second error is the fourth (2 of 4).
  EXPECT_DOUBLE_EQ(AuprError(kFive), (1.0 + 0.5) / 2.0);
}

TEST(AuprError, TakesTiesTogether) {
  EXPECT_DOUBLE_EQ(AuprError(std::vector<Ranked>{{0.5, true}, {0.5, false}}), 0.5);
}

TEST(FprAtTpr, CountsTheWrongThatPassWithTheRight) {
  EXPECT_DOUBLE_EQ(FprAtTpr(kFive), 0.5);           // all three right, down to 0.6
  EXPECT_DOUBLE_EQ(FprAtTpr(kFive, 1.0 / 3), 0.0);  // 0.9 alone
}

TEST(Aurc, AveragesTheRiskOverCoverages) {
  EXPECT_DOUBLE_EQ(Aurc(kFive), (0.0 + 1.0 / 2 + 1.0 / 3 + 1.0 / 4 + 2.0 / 5) / 5);
}

TEST(Aurc, OfATie_IsTheErrorRateAtEveryCoverage) {
  EXPECT_DOUBLE_EQ(Aurc(std::vector<Ranked>{{0.5, true}, {0.5, false}, {0.5, false}, {0.5, true}}),
                   0.5);
}

// A record that counts twice is two records, and one that counts not at all is none.
TEST(Ranking, Times_CountsRecordsAsIfTheyStoodThereThatOften) {
  const std::vector<Ranked> drawn = {
      {0.9, true, 2}, {0.8, false, 0}, {0.7, true, 1}, {0.6, false, 3}, {0.6, true, 1}};
  const std::vector<Ranked> written = {{0.9, true},  {0.6, false}, {0.9, true}, {0.6, true},
                                       {0.6, false}, {0.7, true},  {0.6, false}};
  EXPECT_DOUBLE_EQ(Auroc(drawn), Auroc(written));
  EXPECT_DOUBLE_EQ(AuprError(drawn), AuprError(written));
  EXPECT_DOUBLE_EQ(FprAtTpr(drawn, 0.5), FprAtTpr(written, 0.5));
  EXPECT_DOUBLE_EQ(Aurc(drawn), Aurc(written));
  EXPECT_TRUE(std::isnan(Aurc(std::vector<Ranked>{{0.5, true, 0}})));
}

}  // namespace
}  // namespace vigil
