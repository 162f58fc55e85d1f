#include "estimator/evaluation/tap_table.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "estimator/evaluation/paper_figures.h"

namespace vigil {
namespace {

TapRow Row(double bytes, double auroc, bool image = false) {
  TapRow row{.has_image = image, .stored_bytes = bytes};
  row.figures.push_back({"auroc", {auroc, auroc, auroc}});
  return row;
}

TEST(KneeOf, IsTheRowAfterWhichBytesBuyLittle) {
  const std::vector<TapRow> rows = {Row(1000, 0.70), Row(2000, 0.80), Row(100000, 0.82)};
  EXPECT_EQ(KneeOf(rows), 1);
}

TEST(KneeOf, LeavesOutImages_AndWhatACheaperRowEquals) {
  const std::vector<TapRow> rows = {Row(1000, 0.70), Row(1500, 0.95, true), Row(3000, 0.60),
                                    Row(2000, 0.80), Row(100000, 0.82)};
  EXPECT_EQ(KneeOf(rows), 3);
}

TEST(KneeOf, WithoutABend_IsTheBest) {
  EXPECT_EQ(KneeOf(std::vector<TapRow>{Row(1000, 0.7), Row(2000, 0.8)}), 1);
  EXPECT_EQ(KneeOf(std::vector<TapRow>{Row(1000, 0.7)}), 0);
  EXPECT_EQ(KneeOf(std::vector<TapRow>{Row(1000, 0.7, true)}), -1);
  EXPECT_EQ(KneeOf(std::vector<TapRow>{Row(1000, std::numeric_limits<double>::quiet_NaN())}), -1);
}

// SOURCES.md, "Figures to reproduce".
TEST(PaperFigures, OfTables4And5_AreThePapers) {
  EXPECT_EQ(PaperVariantFigures("1-cause", "2-cause")[0].value, 0.6873);
  EXPECT_EQ(PaperVariantFigures("2-cause", "1-cause")[4].value, 0.6923);
  EXPECT_TRUE(PaperVariantFigures("mixed", "1-cause").empty());
  const std::vector<std::string> taps = {"block_6_expand_relu", "block_13_expand_relu"};
  EXPECT_EQ(PaperTapFigures(taps)[1].value, 0.9786);
  EXPECT_TRUE(PaperTapFigures(std::vector<std::string>{"block_6_expand_relu"}).empty());
}

}  // namespace
}  // namespace vigil
