#include "estimator/data/augment/augmented.h"

#include <array>
#include <bit>
#include <cmath>

#include "tests/data/fixtures.h"

namespace vigil {
namespace {

class Patterns final : public Dataset {
 public:
  explicit Patterns(std::int64_t size) : size_(size) {}
  std::string name() const override { return "patterns"; }
  std::int64_t size() const override { return size_; }
  Sample Get(std::int64_t index) const override {
    return {.image = Pattern(32, 32),
            .box = {16.0f, 16.0f, 32.0f},
            .truth = {.label = static_cast<int>(index % 10)},
            .group = static_cast<int>(index / 2)};
  }

 private:
  std::int64_t size_;
};

AugmentOptions Options(const AugmentMix& mix) {
  const Task task = CifarTask();
  return {.task = task, .mix = mix, .severity = SeverityFor(task, "paper"), .side = 32, .seed = 5};
}

AugmentedDataset Make(const AugmentOptions& options, std::int64_t size = 4000) {
  return {std::make_shared<Patterns>(size), options};
}

int Count(CauseSet causes) { return std::popcount(causes.bits()); }

// Five standard deviations of a count of `size` draws.
double Slack(double size, double p) { return 5.0 * std::sqrt(size * p * (1.0 - p)); }

TEST(Augmented, TwoCause_LeavesAFifthAndAppliesTwoDifferentOperations) {
  const AugmentedDataset dataset = Make(Options(AugmentMix::TwoCause()));
  int untouched = 0;
  std::array<int, kCauseCount> applied{};
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const CauseSet causes = dataset.CausesOf(i);
    if (causes.empty()) {
      ++untouched;
      continue;
    }
    ASSERT_EQ(Count(causes), 2) << i;
    for (int c = 0; c < kCauseCount; ++c)
      applied[static_cast<std::size_t>(c)] += causes.Has(static_cast<Cause>(c)) ? 1 : 0;
  }
  EXPECT_NEAR(untouched, 800, Slack(4000, 0.2));
  for (const Cause cause : {Cause::kLocalization, Cause::kBlur, Cause::kLighting})
    EXPECT_NEAR(applied[static_cast<std::size_t>(cause)], 3200 * 2 / 3, Slack(3200, 2.0 / 3))
        << CauseName(cause);
  EXPECT_EQ(applied[static_cast<std::size_t>(Cause::kOcclusion)], 0);
  EXPECT_EQ(applied[static_cast<std::size_t>(Cause::kOther)], 0);
}

TEST(Augmented, OneCause_AppliesOne) {
  const AugmentedDataset dataset = Make(Options(AugmentMix::OneCause()));
  for (std::int64_t i = 0; i < dataset.size(); ++i) ASSERT_LE(Count(dataset.CausesOf(i)), 1);
}

TEST(Augmented, CustomMix_FollowsItsWeights) {
  AugmentMix mix{.untouched = 0.5, .two_operations = 0.0};
  mix.weight = {3.0, 0.0, 1.0, 0.0, 0.0};
  const AugmentedDataset dataset = Make(Options(mix));
  int localization = 0, blur = 0;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    localization += dataset.CausesOf(i).Has(Cause::kLocalization) ? 1 : 0;
    blur += dataset.CausesOf(i).Has(Cause::kBlur) ? 1 : 0;
  }
  EXPECT_NEAR(localization, 1500, Slack(4000, 0.375));
  EXPECT_NEAR(blur, 500, Slack(4000, 0.125));
}

TEST(Augmented, Untouched_IsThePlainCrop) {
  const AugmentedDataset dataset = Make(Options(AugmentMix::TwoCause()), 60);
  const Image plain = Pattern(32, 32);
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const Sample sample = dataset.Get(i);
    EXPECT_EQ(sample.applied, dataset.CausesOf(i));
    EXPECT_EQ(sample.image.rgb == plain.rgb, sample.applied.empty()) << i;
  }
}

TEST(Augmented, Get_KeepsTruthAndGroupAndIsTheCropOfTheSideAsked) {
  AugmentOptions options = Options(AugmentMix::TwoCause());
  options.side = 24;
  const Sample sample = Make(options).Get(37);
  EXPECT_EQ(sample.truth.label, 7);
  EXPECT_EQ(sample.group, 18);
  EXPECT_EQ(sample.image.width, 24);
  EXPECT_EQ(sample.image.height, 24);
  EXPECT_EQ(sample.box.size, 24.0f);
}

TEST(Augmented, SameSeed_GivesTheSamePixels_AnotherSeedOrEpochDoesNot) {
  const AugmentOptions options = Options({.untouched = 0.0});
  AugmentOptions other = options;
  other.seed = 6;
  const AugmentedDataset dataset = Make(options);
  EXPECT_EQ(dataset.Get(3).image.rgb, Make(options).Get(3).image.rgb);
  EXPECT_NE(dataset.Get(3).image.rgb, Make(other).Get(3).image.rgb);
  EXPECT_NE(dataset.Get(3).image.rgb, dataset.WithEpoch(1)->Get(3).image.rgb);
  EXPECT_EQ(dataset.WithEpoch(1)->Get(3).image.rgb, dataset.WithEpoch(1)->Get(3).image.rgb);
}

TEST(Augmented, MixWithoutEnoughOperations_IsRefusedWithNumbers) {
  AugmentMix mix = AugmentMix::TwoCause();
  mix.weight = {1.0, 1.0, 0.0, 0.0, 0.0};  // CIFAR-10 knows no occlusion: one is left
  const Error error = ErrorOf([&] { Make(Options(mix)); });
  EXPECT_EQ(error.code(), ErrorCode::kMisuse);
  EXPECT_THAT(error.what(), ::testing::HasSubstr("a mix of 1 operations of task cifar10"));
}

TEST(MixFromName, UnknownVariant_ListsTheVariants) {
  EXPECT_THAT(ErrorOf([] { MixFromName("3-cause"); }).what(),
              ::testing::HasSubstr("clean, 1-cause or 2-cause"));
}

}  // namespace
}  // namespace vigil
