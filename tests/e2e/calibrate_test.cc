// `vigil calibrate` on a copy of the PE that ships.
#include "tests/e2e/command_fixture.h"

#if VIGIL_COMMAND_HAS_ESTIMATOR

#include <algorithm>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "engine/onnx/onnx.h"
#include "estimator/models/model_card.h"
#include "estimator/models/model_files.h"
#include "estimator/verdict/estimator_metadata.h"

namespace vigil {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class CalibrateCommand : public testing::CommandFixture {
 protected:
  CalibrateCommand() {
    namespace fs = std::filesystem;
    fs::copy_file(Shipped(), Path("pe.onnx"));
    fs::copy_file(CardPath(Shipped()), Path("pe.card.json"));
  }
  static std::filesystem::path Shipped() { return FindModel("directness_estimator"); }
  std::string Command(const std::string& more) const {
    return "calibrate --estimator '" + Path("pe.onnx") + "' --images 200 " + more;
  }
};

// Everything of the network: nodes' constants, bit by bit.
void ExpectSameNetwork(const Graph& a, const Graph& b) {
  ASSERT_EQ(a.values().size(), b.values().size());
  int constants = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    const Value &left = a.values()[i], &right = b.values()[i];
    EXPECT_EQ(left.name, right.name);
    ASSERT_EQ(left.constant == nullptr, right.constant == nullptr);
    if (!left.constant) continue;
    ++constants;
    EXPECT_TRUE(std::ranges::equal(left.constant->bytes(), right.constant->bytes())) << left.name;
  }
  EXPECT_GT(constants, 10);
}

TEST_F(CalibrateCommand, PutsScoreAndReferenceIntoPe_WhoseNetworkAndNameStay) {
  const auto outcome =
      Vigil(Command("--monitor '" + FindModel("directness_monitor").string() + "' --json"));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const json said = json::parse(outcome.output);
  ASSERT_EQ(said["flagged"].size(), 2u);
  EXPECT_EQ(said["flagged"][0]["readings"], "PE");
  EXPECT_EQ(said["flagged"][1]["readings"], "PE, outlier score");
  for (const json& fit : said["flagged"]) {
    EXPECT_NEAR(fit["flagged"].get<double>(), 0.05, 0.0051);
    EXPECT_GE(fit["wrong_of_flagged"].get<double>(), fit["wrong_of_all"].get<double>());
  }
  EXPECT_EQ(said["drift_reference"]["records"], 200);
  EXPECT_TRUE(said["drift_reference"]["beyond"].get<bool>());
  EXPECT_FALSE(said["drift_reference"]["flip_rate"].get<bool>());

  const Graph before = LoadOnnx(Shipped()), after = LoadOnnx(Path("pe.onnx"));
  ExpectSameNetwork(before, after);
  EXPECT_EQ(EstimatorHash(ReadEstimatorMetadata(after), Path("pe.onnx")),
            EstimatorHash(ReadEstimatorMetadata(before), Shipped()));
  EXPECT_EQ(json::parse(after.metadata().at("vigil.beyond")), said["beyond"]);
  EXPECT_EQ(json::parse(after.metadata().at("vigil.drift_reference")), said["drift_reference"]);
  EXPECT_EQ(after.metadata().at("vigil.calibration"), before.metadata().at("vigil.calibration"));

  const ModelCard card = LoadCard(Path("pe.onnx"));
  EXPECT_THAT(card.command, HasSubstr("vigil train estimator"));
  EXPECT_THAT(card.command, HasSubstr("\nvigil calibrate --task directness"));
  EXPECT_EQ(card.reference.signals.at(0).name, "input mean 0");
  EXPECT_EQ(std::ranges::count_if(
                card.figures,
                [](const Figure& figure) { return figure.name.starts_with("beyond competence"); }),
            4);
  // Once more changes nothing: the first calibration does not go into the second.
  ASSERT_EQ(
      Vigil(Command("--monitor '" + FindModel("directness_monitor").string() + "'")).exit_code, 0);
  EXPECT_EQ(CardAsJson(LoadCard(Path("pe.onnx"))), CardAsJson(card));
  EXPECT_EQ(LoadOnnx(Path("pe.onnx")).metadata(), after.metadata());
}

TEST_F(CalibrateCommand, WithTheTail_KnowsOfFlipRates_AndWritesAnotherFile) {
  const auto outcome = Vigil(Command("--tail deepest -o '" + Path("new.onnx") + "'"));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("PE, flip rate"));
  EXPECT_THAT(outcome.output, HasSubstr("new.onnx and its card"));
  const auto reference =
      json::parse(LoadOnnx(Path("new.onnx")).metadata().at("vigil.drift_reference"));
  EXPECT_TRUE(reference["flip_rate"].get<bool>());
  EXPECT_FALSE(reference["outlier"].get<bool>());
  EXPECT_EQ(HashModelFile(Path("pe.onnx")), HashModelFile(Shipped()));
  EXPECT_EQ(LoadCard(Path("new.onnx")).name, "new");
}

TEST_F(CalibrateCommand, WhatCannotBe_IsOneLine) {
  EXPECT_EQ(Vigil("calibrate").exit_code, 2);
  EXPECT_EQ(Vigil(Command("--task cifar10")).exit_code, 2);
  ExpectFailure(Command("--task cifar10 --root ."), "model", {"directness", "expected cifar10"});
  ExpectFailure(Command("--tail nowhere"), "api", {"nowhere", "expected deepest"});
}

}  // namespace
}  // namespace vigil

#endif  // VIGIL_COMMAND_HAS_ESTIMATOR
