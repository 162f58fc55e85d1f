#include <cmath>

#include "estimator/data/heads/head_parts.h"
#include "estimator/data/heads/head_shape.h"
#include "estimator/data/heads/raster.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/data/heads/renderer.h"
#include "tests/data/fixtures.h"

namespace vigil {
namespace {

constexpr float kDegree = 0.017453292519943295f;

TEST(PoseRotation, FaceDirection_FollowsTheSignsOfTheLabels) {
  const Vec3 forward{0.0f, 0.0f, 1.0f}, up{0.0f, 1.0f, 0.0f};
  EXPECT_LT(PoseRotation(30.0f, 0.0f, 0.0f)(forward).y, -0.49f);  // positive pitch is down
  EXPECT_GT(PoseRotation(0.0f, 30.0f, 0.0f)(forward).x, 0.49f);   // positive yaw is to the right
  EXPECT_GT(PoseRotation(0.0f, 0.0f, 30.0f)(up).x, 0.49f);        // positive roll is clockwise
}

TEST(PoseRotation, FaceDirection_HasTheDirectnessAsItsDepth) {
  for (const float pitch : {-50.0f, 0.0f, 35.0f}) {
    for (const float yaw : {-70.0f, 10.0f}) {
      EXPECT_NEAR(PoseRotation(pitch, yaw, 13.0f)({0.0f, 0.0f, 1.0f}).z,
                  std::cos(pitch * kDegree) * std::cos(yaw * kDegree), 1e-6f);
    }
  }
}

TEST(PoseRotation, KeepsLengthsAndHandedness) {
  const Rotation rotation = PoseRotation(20.0f, -40.0f, 15.0f);
  const Vec3 cross = Cross(rotation({1, 0, 0}), rotation({0, 1, 0}));
  const Vec3 forward = rotation({0, 0, 1});
  EXPECT_NEAR(Dot(cross, forward), 1.0f, 1e-5f);
}

HeadView View(float pitch, float yaw) {
  return {PoseRotation(pitch, yaw, 0.0f), 100.0f, 100.0f, 50.0f};
}

TEST(Landmarks, FrontalHead_IsSymmetricAndInOrder) {
  const Landmarks points = FaceLandmarks(HeadShape{});
  const HeadView view = View(0.0f, 0.0f);
  const Vec3 left = view.Project(points.left_eye), right = view.Project(points.right_eye);
  EXPECT_NEAR(left.x + right.x, 200.0f, 1e-3f);
  EXPECT_NEAR(left.y, right.y, 1e-3f);
  EXPECT_LT(left.x, right.x);
  const Vec3 nose = view.Project(points.nose), mouth = view.Project(points.mouth);
  EXPECT_NEAR(nose.x, 100.0f, 1e-3f);
  EXPECT_LT(left.y, nose.y);  // rows go down
  EXPECT_LT(nose.y, mouth.y);
  EXPECT_LT(mouth.y, view.Project(points.chin).y);
  EXPECT_GT(points.nose.z, points.mouth.z);
  EXPECT_GT(points.mouth.z, points.left_eye.z);
}

// Whether the head's own surface leaves a landmark in sight.
bool IsVisible(const HeadView& view, Vec3 landmark) {
  constexpr float kSlack = 0.05f;  // triangles are flat
  const std::vector<HeadPart> parts = BuildHeadParts(HeadShape{}, {.style = HairStyle::kBald});
  Raster raster(200, 200);
  raster.Draw(parts[0].mesh, 0, [&](Vec3 p) { return view.Project(p); });
  const Vec3 p = view.Project(landmark);
  return raster.at(static_cast<int>(p.x), static_cast<int>(p.y)).depth < p.z + kSlack;
}

TEST(Landmarks, FrontalHead_ShowsBothEyes_AndProfileOne) {
  const Landmarks points = FaceLandmarks(HeadShape{});
  EXPECT_TRUE(IsVisible(View(0.0f, 0.0f), points.left_eye));
  EXPECT_TRUE(IsVisible(View(0.0f, 0.0f), points.right_eye));
  EXPECT_TRUE(IsVisible(View(0.0f, 90.0f), points.left_eye));
  EXPECT_FALSE(IsVisible(View(0.0f, 90.0f), points.right_eye));
  EXPECT_FALSE(IsVisible(View(0.0f, -90.0f), points.left_eye));
  EXPECT_FALSE(IsVisible(View(0.0f, 180.0f), points.nose));
}

TEST(Landmarks, TurnedHead_PointsTheNoseWhereTheSignSays) {
  const Landmarks points = FaceLandmarks(HeadShape{});
  const HeadView right = View(0.0f, 60.0f), down = View(40.0f, 0.0f);
  EXPECT_GT(right.Project(points.nose).x, right.Project(points.right_eye).x + 5.0f);
  EXPECT_GT(down.Project(points.nose).y, View(0.0f, 0.0f).Project(points.nose).y + 10.0f);
}

TEST(FaceBox, HoldsEveryLandmarkInEveryPose) {
  const Landmarks points = FaceLandmarks(HeadShape{});
  for (const float pitch : {-60.0f, 0.0f, 60.0f}) {
    for (const float yaw : {-75.0f, 0.0f, 30.0f}) {
      const HeadView view = View(pitch, yaw);
      const Box box = FaceBox(HeadShape{}, view);
      for (const Vec3& landmark :
           {points.left_eye, points.right_eye, points.nose, points.mouth, points.chin}) {
        const Vec3 p = view.Project(landmark);
        EXPECT_LT(std::abs(p.x - box.center_x), box.size / 2) << pitch << " " << yaw;
        EXPECT_LT(std::abs(p.y - box.center_y), box.size / 2) << pitch << " " << yaw;
      }
    }
  }
}

TEST(CanonicalView, GivesTheCanonicalHeadTheBoxAskedFor) {
  const Box wanted{120.0f, 90.0f, 77.0f};
  const Truth pose{.pitch = 15.0f, .yaw = -40.0f, .roll = 8.0f};
  const Box box = FaceBox(HeadShape{}, CanonicalView(wanted, pose));
  EXPECT_NEAR(box.center_x, wanted.center_x, 0.01f);
  EXPECT_NEAR(box.center_y, wanted.center_y, 0.01f);
  EXPECT_NEAR(box.size, wanted.size, 0.01f);
}

// A frontal person with no asymmetric texture, under light from the front.
HeadScene PlainScene() {
  HeadScene scene;
  scene.look.skin = {0.5f, 0.5f, 0.5f};
  scene.look.style = HairStyle::kBald;
  scene.noise = 0.0f;
  return scene;
}

double Luminance(const Image& image, float x, float y) {
  const auto at = (static_cast<std::size_t>(y) * image.width + static_cast<std::size_t>(x)) * 3;
  return image.rgb[at] + image.rgb[at + 1] + image.rgb[at + 2];
}

TEST(RenderHead, Pupils_AreDarkWhereTheLandmarksSay) {
  const RenderedHead head = RenderHead(PlainScene(), 256);
  const Vec3 left = head.landmarks.left_eye, right = head.landmarks.right_eye;
  for (const Vec3& eye : {left, right})
    EXPECT_LT(Luminance(head.image, eye.x, eye.y), 0.4 * Luminance(head.image, 128.0f, eye.y));
}

RenderedHeads Heads(std::uint64_t seed, std::int64_t count) {
  return RenderedHeads({.seed = seed, .count = count, .side = 96, .identities = 7});
}

TEST(RenderedHeads, SameSeedAndIndex_GiveTheSameSample_WhateverTheCount) {
  const Sample first = Heads(3, 10).Get(6), again = Heads(3, 500).Get(6);
  EXPECT_EQ(first.image.rgb, again.image.rgb);
  EXPECT_EQ(first.truth.yaw, again.truth.yaw);
  EXPECT_EQ(first.group, again.group);
  EXPECT_NE(first.image.rgb, Heads(4, 10).Get(6).image.rgb);
  EXPECT_NE(first.image.rgb, Heads(3, 10).Get(7).image.rgb);
}

TEST(RenderedHeads, OneGroup_IsOnePerson) {
  const RenderedHeads heads = Heads(1, 40);
  for (std::int64_t i = 1; i < 40; ++i) {
    const bool same_group = heads.Get(i).group == heads.Get(0).group;
    const bool same_nose = heads.SceneOf(i).shape.nose_length == heads.SceneOf(0).shape.nose_length;
    EXPECT_EQ(same_group, same_nose) << i;
  }
}

TEST(RenderedHeads, Poses_StayInRangeAndFaceAsOftenAsAsked) {
  const RenderedHeads heads({.seed = 9, .count = 2000});
  int facing = 0;
  for (std::int64_t i = 0; i < heads.size(); ++i) {
    const Truth pose = heads.SceneOf(i).pose;
    ASSERT_LE(std::abs(pose.pitch), 60.0f);
    ASSERT_LE(std::abs(pose.yaw), 75.0f);
    ASSERT_LE(std::abs(pose.roll), 20.0f);
    facing += IsFacing(pose.pitch, pose.yaw, DirectnessRule::kAngle) ? 1 : 0;
  }
  EXPECT_NEAR(facing, 900, 5 * std::sqrt(2000 * 0.45 * 0.55));
}

TEST(RenderedHeads, Box_LeavesPixelsAroundTheFace) {
  const RenderedHeads heads({.seed = 2, .count = 300});
  for (std::int64_t i = 0; i < heads.size(); ++i) {
    const HeadScene scene = heads.SceneOf(i);
    const HeadView view(PoseRotation(scene.pose.pitch, scene.pose.yaw, scene.pose.roll),
                        scene.center_x, scene.center_y, scene.scale);
    const Box box = FaceBox(scene.shape, view);
    EXPECT_GT(box.size, 0.35f) << i;
    EXPECT_LT(box.size, 0.85f) << i;
    EXPECT_GT(box.center_x - box.size / 2, -0.1f) << i;
    EXPECT_LT(box.center_y + box.size / 2, 1.1f) << i;
  }
}

TEST(RenderedHeads, BadOption_IsRefusedByName) {
  EXPECT_THAT(ErrorOf([] { RenderedHeads({.side = 8}); }).what(),
              ::testing::HasSubstr("side 8, expected 32 to 2048"));
  EXPECT_THAT(ErrorOf([] { RenderedHeads({.facing = 1.5}); }).what(),
              ::testing::HasSubstr("facing 1.5"));
}

}  // namespace
}  // namespace vigil
