#include "estimator/models/model_card.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/error.h"

namespace vigil {
namespace {

class ModelCardTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

ModelCard Card() {
  return {.name = "cifar17",
          .architecture = "CIFAR-17",
          .task = "cifar10",
          .data = "CIFAR-10, JPEG quality 75",
          .recipe = "cross-entropy",
          .seed = 18446744073709551615u,
          .command = "vigil train target --dataset cifar10",
          .figures = {{"accuracy", 78.5, "%", "test, cpu, fp32 | 1 thread"}},
          .limits = {"32x32 images alone"},
          .reference = {"calibration set", {{"input mean 0", 0.5, 0.25}, {"p(a|b)", 0.75, 0.1}}}};
}

TEST_F(ModelCardTest, Load_AfterSave_GivesTheSameCard) {
  SaveCard(Card(), folder_ / "cifar17.onnx");
  const ModelCard card = LoadCard(folder_ / "cifar17.onnx");
  EXPECT_EQ(CardAsJson(card), CardAsJson(Card()));
  EXPECT_EQ(card.seed, 18446744073709551615u);
  EXPECT_EQ(card.figures.front().value, 78.5);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "cifar17.card.json"));
}

TEST_F(ModelCardTest, Markdown_KeepsATableRowInOneRow) {
  EXPECT_THAT(CardAsMarkdown(Card()),
              ::testing::HasSubstr("| accuracy | 78.5 % | test, cpu, fp32 \\| 1 thread |\n"));
}

TEST_F(ModelCardTest, ReferenceStatistics_AreATable_AndMayBeAbsent) {
  EXPECT_THAT(CardAsMarkdown(Card()),
              ::testing::HasSubstr("Reference statistics: calibration set\n\n"
                                   "| signal | mean | deviation |\n|---|---|---|\n"
                                   "| input mean 0 | 0.5 | 0.25 |\n| p(a\\|b) | 0.75 | 0.1 |\n"));
  ModelCard without = Card();
  without.reference = {};
  SaveCard(without, folder_ / "old.onnx");
  EXPECT_TRUE(LoadCard(folder_ / "old.onnx").reference.signals.empty());
  EXPECT_THAT(CardAsMarkdown(without), ::testing::Not(::testing::HasSubstr("Reference")));
}

TEST_F(ModelCardTest, Load_OfACutFile_NamesIt) {
  std::ofstream(folder_ / "cut.card.json") << R"({"version": 1, "name": "cu)";
  try {
    LoadCard(folder_ / "cut.onnx");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kMalformed);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("cut.card.json"));
  }
}

TEST_F(ModelCardTest, Save_IntoAMissingFolder_NamesThePath) {
  try {
    SaveCard(Card(), folder_ / "missing" / "m.onnx");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("m.card.json"));
  }
}

}  // namespace
}  // namespace vigil
