#include "estimator/evaluation/perturbed.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "estimator/data/heads/rendered_heads.h"
#include "estimator/evaluation/evaluation_data.h"
#include "estimator/evaluation/windows.h"

namespace vigil {
namespace {

TEST(BlendBlocks, PutsTheMeanInPlaceOfEachBlock) {
  Image image = Image::Make(3, 2);  // a block of 2x2 and one of 1x2
  const std::uint8_t red[] = {0, 10, 50, 20, 30, 70};
  for (std::size_t i = 0; i < 6; ++i) image.rgb[i * 3] = red[i];
  Image half = image;
  BlendBlocks(image, 2, 1.0);
  BlendBlocks(half, 2, 0.5);
  const int whole[] = {15, 15, 60, 15, 15, 60}, between[] = {8, 13, 55, 18, 23, 65};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(image.rgb[i * 3], whole[i]) << i;
    EXPECT_EQ(half.rgb[i * 3], between[i]) << i;
    EXPECT_EQ(image.rgb[i * 3 + 1], 0) << i;
  }
}

TEST(PerturbedDataset, ChangesItsShareOfImages_TheSameEveryTime) {
  const auto base = OpenRenderedHeads(77, 60);
  for (const Perturbation kind :
       {Perturbation::kNoise, Perturbation::kBlocks, Perturbation::kColourCast}) {
    const PerturbedDataset set(base, kind, 0.5, 4);
    int changed = 0;
    for (std::int64_t i = 0; i < 20; ++i) {
      const Sample before = base->Get(i), after = set.Get(i);
      changed += before.image.rgb != after.image.rgb;
      EXPECT_EQ(after.image.rgb, set.Get(i).image.rgb);
      EXPECT_EQ(after.applied, before.applied);
      EXPECT_EQ(after.group, before.group);
    }
    EXPECT_GE(changed, 4) << PerturbationName(kind);
    EXPECT_LE(changed, 16) << PerturbationName(kind);
  }
}

TEST(WindowConditions, HaveMixesOfTheirOwn_AndImagesThatNothingWasFittedOn) {
  const EvaluationData data = OpenHeadsEvaluation(100);
  const WindowPlan plan{.images = 10, .calibrated = 4, .shifted = 2};
  const auto conditions = WindowConditions(data, DirectnessTask(), 64, plan);
  ASSERT_EQ(conditions.size(), 6u);  // no original pixels here
  EXPECT_TRUE(conditions[0].calibrated);
  std::set<std::string> names;
  for (const WindowCondition& condition : conditions) {
    EXPECT_EQ(condition.calibrated, &condition == &conditions[0]);
    for (int w = 0; w < condition.windows; ++w) {
      const auto set = condition.open(w);
      EXPECT_EQ(set->size(), 10);
      EXPECT_NE(set->name().find("seed 501"), std::string::npos) << set->name();
      EXPECT_TRUE(names.insert(set->name()).second) << set->name();
      EXPECT_EQ(set->Get(3).image.width, 64);
    }
  }
}

}  // namespace
}  // namespace vigil
