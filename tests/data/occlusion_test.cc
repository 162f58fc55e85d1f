#include "estimator/data/augment/occlusion.h"

#include <set>

#include "estimator/data/augment/augmented.h"
#include "estimator/data/heads/head_shape.h"
#include "estimator/data/heads/rendered_heads.h"
#include "tests/data/fixtures.h"

namespace vigil {
namespace {

constexpr int kSide = 128;
constexpr Box kFace{64.0f, 64.0f, 90.0f};

AugmentSeverity Exact() { return {.occluder_scale = {1.0, 1.0}}; }

// Whether an object of a kind, drawn on grey, changes the pixels about a point of the canonical
// face in most of its designs.
bool Covers(OccluderKind kind, const Truth& pose, Vec3 landmark) {
  const Occlusion occlusion;
  const Vec3 p = CanonicalView(kFace, pose).Project(landmark);
  int designs = 0, covered = 0;
  for (int object = 0; object < occlusion.count(); ++object) {
    if (occlusion.at(object).kind != kind) continue;
    Image image = Uniform(kSide, kSide, 128);
    Random random({1, static_cast<std::uint64_t>(object)});
    occlusion.ApplyObject(object, image, kFace, pose, Exact(), random);
    const auto at = (static_cast<std::size_t>(p.y) * kSide + static_cast<std::size_t>(p.x)) * 3;
    ++designs;
    covered += image.rgb[at] != 128 || image.rgb[at + 1] != 128 ? 1 : 0;
  }
  return 2 * covered > designs;
}

TEST(Occlusion, HasFifteenDifferentObjectsOfFourKinds) {
  const Occlusion occlusion;
  std::set<std::string> names;
  std::set<OccluderKind> kinds;
  for (int i = 0; i < occlusion.count(); ++i) {
    names.insert(occlusion.at(i).name);
    kinds.insert(occlusion.at(i).kind);
  }
  EXPECT_EQ(names.size(), 15u);
  EXPECT_EQ(kinds.size(), 4u);
}

TEST(Occlusion, Objects_CoverWhatTheyShouldInEveryPose) {
  const Landmarks points = FaceLandmarks(HeadShape{});
  for (const Truth& pose : {Truth{}, Truth{.yaw = 45.0f}, Truth{.pitch = -20.0f, .yaw = -30.0f}}) {
    const Vec3 near_eye = pose.yaw > 0.0f ? points.left_eye : points.right_eye;
    EXPECT_TRUE(Covers(OccluderKind::kGlasses, pose, near_eye)) << pose.yaw;
    EXPECT_FALSE(Covers(OccluderKind::kGlasses, pose, points.mouth)) << pose.yaw;
    EXPECT_TRUE(Covers(OccluderKind::kMask, pose, points.mouth)) << pose.yaw;
    EXPECT_TRUE(Covers(OccluderKind::kMask, pose, points.nose)) << pose.yaw;
    EXPECT_FALSE(Covers(OccluderKind::kMask, pose, near_eye)) << pose.yaw;
    EXPECT_TRUE(Covers(OccluderKind::kMug, pose, points.mouth)) << pose.yaw;
    EXPECT_FALSE(Covers(OccluderKind::kMug, pose, near_eye)) << pose.yaw;
    EXPECT_TRUE(Covers(OccluderKind::kHand, pose, points.mouth)) << pose.yaw;
  }
}

TEST(Occlusion, InADarkPicture_IsDark) {
  const Occlusion occlusion;
  for (int object = 0; object < occlusion.count(); ++object) {
    double sum[2] = {0.0, 0.0};
    for (const int bright : {0, 1}) {
      Image image = Uniform(kSide, kSide, bright ? 200 : 20);
      Random random({4});
      occlusion.ApplyObject(object, image, kFace, Truth{}, Exact(), random);
      const Vec3 mouth = CanonicalView(kFace, {}).Project({0.0f, -0.5f, 0.8f});
      const Vec3 eye = CanonicalView(kFace, {}).Project({0.29f, 0.06f, 0.8f});
      const Vec3 p = occlusion.at(object).kind == OccluderKind::kGlasses ? eye : mouth;
      sum[bright] =
          image.rgb[(static_cast<std::size_t>(p.y) * kSide + static_cast<std::size_t>(p.x)) * 3];
    }
    EXPECT_LE(sum[0], sum[1]) << occlusion.at(object).name;
  }
}

TEST(Augmented, DirectnessTask_AppliesAllFourOperations) {
  const Task task = DirectnessTask();
  const auto heads =
      std::make_shared<RenderedHeads>(RenderedHeadsOptions{.seed = 3, .count = 400, .side = 64});
  const AugmentedDataset dataset(
      heads, {.task = task, .severity = SeverityFor(task, "moderate"), .side = 48, .seed = 2});
  std::set<int> pairs;
  for (std::int64_t i = 0; i < dataset.size(); ++i) pairs.insert(dataset.CausesOf(i).bits());
  EXPECT_EQ(pairs.size(), 7u);  // untouched, and the six pairs of four
  const Sample sample = dataset.Get(0);
  EXPECT_EQ(sample.image.width, 48);
  EXPECT_EQ(sample.truth.yaw, heads->Get(0).truth.yaw);
  EXPECT_EQ(sample.image.rgb, dataset.Get(0).image.rgb);
}

// A crop whose face stands in its left upper quarter.
class OffCenterFace final : public Dataset {
 public:
  std::string name() const override { return "off center"; }
  std::int64_t size() const override { return 15; }
  Sample Get(std::int64_t) const override {
    return {.image = Uniform(kSide, kSide, 128),
            .box = {kSide / 2.0f, kSide / 2.0f, kSide},
            .face = {32.0f, 32.0f, 40.0f}};
  }
};

TEST(Augmented, FaceThatIsNotTheBox_GetsTheObject) {
  AugmentMix mix{.untouched = 0.0, .two_operations = 0.0};
  mix.weight = {0.0, 1.0, 0.0, 0.0, 0.0};
  const AugmentedDataset dataset(
      std::make_shared<OffCenterFace>(),
      {.task = DirectnessTask(), .mix = mix, .severity = Exact(), .side = kSide});
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const Image image = dataset.Get(i).image;
    int inside = 0, outside = 0;
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        const bool changed = image.rgb[static_cast<std::size_t>(y * kSide + x) * 3] != 128;
        (x < 72 && y < 72 ? inside : outside) += changed ? 1 : 0;
      }
    }
    EXPECT_GT(inside, 20) << i;
    EXPECT_EQ(outside, 0) << i;
  }
}

}  // namespace
}  // namespace vigil
