#include "estimator/evaluation/mixes.h"

#include <set>
#include <string>

#include "engine/base/text.h"
#include "estimator/evaluation/comparison.h"

namespace vigil {
namespace {

TEST(DrawMix, SameSeedAndIndex_GiveTheSameDraw) {
  const AugmentOptions a = DrawMix(DirectnessTask(), 224, 5, 3),
                       b = DrawMix(DirectnessTask(), 224, 5, 3);
  EXPECT_EQ(a.mix.weight, b.mix.weight);
  EXPECT_EQ(a.seed, b.seed);
  EXPECT_EQ(a.severity.shift.high, b.severity.shift.high);
}

TEST(DrawMix, Draws_DifferAndStayInTheirRanges) {
  const Task task = CifarTask();
  const AugmentSeverity mild = SeverityFor(task, "moderate"), strong = SeverityFor(task, "paper");
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const AugmentOptions draw = DrawMix(task, 32, 9, i);
    EXPECT_GE(draw.mix.untouched, 0.05);
    EXPECT_LE(draw.mix.untouched, 0.8);
    EXPECT_EQ(draw.mix.weight[static_cast<std::size_t>(Cause::kOther)], 0.0);
    EXPECT_GE(draw.severity.blur_length.high, mild.blur_length.high);
    EXPECT_LE(draw.severity.blur_length.high, strong.blur_length.high);
    seen.insert(Text(draw.mix.untouched, " ", draw.mix.weight[0], " ", draw.severity.shift.high));
  }
  EXPECT_EQ(seen.size(), 200u);
}

TEST(CausesOfFailure, FollowsThePaper) {
  const CauseSet applied = CauseSet().Add(Cause::kBlur).Add(Cause::kLighting);
  EXPECT_TRUE(CausesOfFailure(true, applied).empty());
  EXPECT_EQ(CausesOfFailure(false, applied), applied);
  EXPECT_EQ(CausesOfFailure(false, {}), CauseSet().Add(Cause::kOther));
}

// Four images, by hand: PE ranks all right above all wrong; the baseline (maximum softmax) the
// other way round.
TEST(Compare, HandMadeSet_GivesTheFiguresOfPaper) {
  Task task = CifarTask();
  std::vector<JudgedSample> samples(4);
  for (std::size_t i = 0; i < 4; ++i) {
    samples[i].correct = i < 2;
    samples[i].p.correct = i < 2 ? 0.9f : 0.1f;
    samples[i].output.assign(10, 0.0f);
    samples[i].output[0] = i < 2 ? 1.0f : 5.0f;
    if (i == 1 || i == 2) samples[i].applied.Add(Cause::kBlur);
    samples[i].causes = CausesOfFailure(samples[i].correct, samples[i].applied);
  }
  samples[2].p.cause[static_cast<std::size_t>(Cause::kBlur)] = 0.8f;
  const Comparison c = Compare(samples, Gate{}, task, FitOracle(samples));
  EXPECT_DOUBLE_EQ(c.all.estimator, 1.0);
  EXPECT_DOUBLE_EQ(c.all.baseline, 0.0);
  EXPECT_DOUBLE_EQ(c.all.oracle, 0.5);  // one right and one wrong, with the blur as without
  EXPECT_DOUBLE_EQ(c.metrics.tnr, 1.0);
  EXPECT_DOUBLE_EQ(c.metrics.tpr_strict, 1.0);
  EXPECT_EQ(c.augmented.records, 2);
  EXPECT_EQ(c.untouched.records, 2);
  EXPECT_DOUBLE_EQ(c.metrics.always_failed_accuracy, 0.5);
}

}  // namespace
}  // namespace vigil
