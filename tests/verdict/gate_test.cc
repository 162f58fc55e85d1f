#include "estimator/verdict/gate.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "engine/base/error.h"

namespace vigil {
namespace {

const std::vector<Cause> kAll = {Cause::kLocalization, Cause::kOcclusion, Cause::kBlur,
                                 Cause::kLighting, Cause::kOther};
const std::vector<Cause> kTwo = {Cause::kBlur, Cause::kOther};

CauseSet Judge(std::array<float, kCauseCount> p) { return JudgeCauses(Gate{}, p); }

TEST(FromLogits, PutsTheCausesInTheirPlaces) {
  const Probabilities p =
      FromLogits(std::vector<float>{0.0f, std::log(3.0f), -std::log(3.0f)}, kTwo);
  EXPECT_FLOAT_EQ(p.correct, 0.5f);
  EXPECT_FLOAT_EQ(p.cause[static_cast<std::size_t>(Cause::kBlur)], 0.75f);
  EXPECT_FLOAT_EQ(p.cause[static_cast<std::size_t>(Cause::kOther)], 0.25f);
  EXPECT_FLOAT_EQ(p.cause[static_cast<std::size_t>(Cause::kLighting)], 0.0f);
}

TEST(FromLogits, WithAnotherNumberOfLogits_ThrowsWithBothNumbers) {
  try {
    FromLogits(std::vector<float>{0.0f, 1.0f}, kTwo);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidShape);
    EXPECT_STREQ(error.what(),
                 "estimator gave 2 logits a record, expected 3: correct and 2 causes");
  }
}

TEST(FromLogits, WithNaN_ThrowsWithTheName) {
  const std::vector<float> logits = {0.0f, std::numeric_limits<float>::quiet_NaN(), 1.0f};
  try {
    FromLogits(logits, kTwo);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidValue);
    EXPECT_NE(std::string(error.what()).find("'blur'"), std::string::npos);
  }
}

TEST(JudgeCorrect, PassesAtTheThreshold) {
  EXPECT_TRUE(JudgeCorrect(Gate{.p_correct = 0.7f}, 0.7f));
  EXPECT_FALSE(JudgeCorrect(Gate{.p_correct = 0.7f}, 0.69f));
}

TEST(JudgeCauses, KeepsEveryKnownCauseThatPasses) {
  EXPECT_EQ(Judge({0.6f, 0.1f, 0.9f, 0.4f, 0.2f}),
            CauseSet().Add(Cause::kLocalization).Add(Cause::kBlur));
}

TEST(JudgeCauses, WithNoneThatPasses_IsOther) {
  EXPECT_EQ(Judge({0.4f, 0.4f, 0.4f, 0.4f, 0.1f}), CauseSet().Add(Cause::kOther));
}

TEST(JudgeCauses, WhereOtherIsSurer_KnownCausesYield) {
  EXPECT_EQ(Judge({0.6f, 0.0f, 0.0f, 0.0f, 0.8f}), CauseSet().Add(Cause::kOther));
  EXPECT_EQ(Judge({0.8f, 0.0f, 0.0f, 0.0f, 0.6f}), CauseSet().Add(Cause::kLocalization));
}

TEST(JudgeCauses, SurenessIsMeasuredFromEachThreshold) {
  // Failures without a known cause are rare, so that classifier's numbers, and its threshold, are
  // low.
  Gate gate;
  gate.p_cause = {0.5f, 0.5f, 0.5f, 0.5f, 0.1f};
  EXPECT_EQ(JudgeCauses(gate, std::array<float, kCauseCount>{0.6f, 0, 0, 0, 0.3f}),
            CauseSet().Add(Cause::kOther));  // odds 1.5 times the threshold's against 3.9 times
  EXPECT_EQ(JudgeCauses(gate, std::array<float, kCauseCount>{0.9f, 0, 0, 0, 0.3f}),
            CauseSet().Add(Cause::kLocalization));  // 9 times
}

TEST(JudgeCauses, NeverNamesACauseWithoutClassifier) {
  Gate gate;
  gate.p_cause.fill(0.0f);
  EXPECT_EQ(JudgeCauses(gate, std::array<float, kCauseCount>{0, 0, 0.3f, 0, 0.1f}),
            CauseSet().Add(Cause::kBlur));
}

ValidationSample Right(float p) { return {.p = {.correct = p}, .correct = true}; }
ValidationSample Blurred(float p, float p_blur) {
  ValidationSample sample{.p = {.correct = p}, .causes = CauseSet().Add(Cause::kBlur)};
  sample.p.cause[static_cast<std::size_t>(Cause::kBlur)] = p_blur;
  return sample;
}

TEST(ChooseGate, TakesTheThresholdOfHighestBalancedAccuracy) {
  // Above 0.3: both right, one of two wrong; above 0.5: both right and both wrong on their side.
  std::vector<ValidationSample> samples = {Right(0.9f), Right(0.6f), Blurred(0.4f, 0.7f),
                                           Blurred(0.2f, 0.9f)};
  ValidationSample unknown{.p = {.correct = 0.1f}, .causes = CauseSet().Add(Cause::kOther)};
  unknown.p.cause[static_cast<std::size_t>(Cause::kBlur)] = 0.5f;
  samples.push_back(unknown);
  const Gate gate = ChooseGate(samples, kTwo);
  EXPECT_FLOAT_EQ(gate.p_correct, 0.5f);
  EXPECT_FLOAT_EQ(gate.p_cause[static_cast<std::size_t>(Cause::kBlur)], 0.6f);
}

TEST(ChooseGate, LooksAtCausesAmongFailuresOnly) {
  ValidationSample misleading = Right(0.9f);
  misleading.p.cause[static_cast<std::size_t>(Cause::kBlur)] = 0.99f;
  ValidationSample lit{.p = {.correct = 0.1f}, .causes = CauseSet().Add(Cause::kLighting)};
  lit.p.cause[static_cast<std::size_t>(Cause::kBlur)] = 0.2f;
  const Gate gate = ChooseGate(
      std::vector<ValidationSample>{misleading, misleading, Blurred(0.1f, 0.4f), lit}, kTwo);
  EXPECT_FLOAT_EQ(gate.p_cause[static_cast<std::size_t>(Cause::kBlur)], 0.3f);
}

TEST(ChooseGate, WithoutOneClass_KeepsOneHalf) {
  EXPECT_EQ(ChooseGate(std::vector<ValidationSample>{Right(0.9f)}, kTwo), Gate{});
}

TEST(GateJson, ReadsWhatItWrote) {
  Gate gate{.p_correct = 0.625f, .p_cause = {0.1f, 0.2f, 0.3f, 0.4f, 0.45f}};
  EXPECT_EQ(GateFromJson(GateToJson(gate, kAll), kAll), gate);
}

TEST(GateJson, NamesTheThresholdThatIsBad) {
  for (const char* text : {"{\"correct\": 0.5}", "{\"correct\": 0.5, \"blur\": 2}",
                           "{\"correct\": 0.5, \"blur\": \"high\"}"}) {
    try {
      GateFromJson(text, kTwo);
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kMalformed);
      EXPECT_NE(std::string(error.what()).find("'blur'"), std::string::npos) << error.what();
    }
  }
  EXPECT_THROW(GateFromJson("[1", kTwo), Error);
}

}  // namespace
}  // namespace vigil
