#include "estimator/detect/detected_faces.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/onnx/onnx.h"
#include "estimator/data/augment/augmented.h"
#include "estimator/data/heads/rendered_scenes.h"
#include "estimator/data/heads/seeds.h"
#include "estimator/detect/detector_quality.h"
#include "estimator/models/model_files.h"
#include "tests/detect/fixtures.h"
#include "tests/support/backends.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

// Sees the face of SeesOneFace in a white picture, none in a black one.
std::shared_ptr<FaceDetector> SeesFacesInLight() {
  GraphBuilder builder;
  const ValueId x = builder.Input("image", {DType::kFloat32, {1, 3, 64, 64}});
  const ValueId weights =
      builder.Constant("sum", Tensor(Shape{1, 3, 1, 1}, std::vector<float>(3, 1.0f)));
  const ValueId light = builder.Add("light", ConvAttrs{.kernel = {1, 1}},
                                    {builder.Add("mean", GlobalPoolAttrs{}, {x}), weights});
  std::vector<float> said(kFaceChannels * 16, 0.0f), lit(kFaceChannels * 16, 0.0f);
  std::fill_n(said.begin(), 16, -20.0f);
  constexpr std::size_t kCell = 1 * 4 + 2;
  said[kCell] = 0.0f;
  lit[kCell] = 2.0f;
  said[kFaceLogWidth * 16 + kCell] = said[kFaceLogHeight * 16 + kCell] = std::log(2.0f);
  const Shape shape{1, kFaceChannels, 4, 4};
  const ValueId by_light = builder.Add("by_light", BinaryAttrs{.kind = BinaryKind::kMul},
                                       {builder.Constant("lit", Tensor(shape, lit)), light});
  builder.Output(builder.Add("faces", BinaryAttrs{.kind = BinaryKind::kAdd},
                             {builder.Constant("said", Tensor(shape, said)), by_light}));
  return std::make_shared<FaceDetector>(std::move(builder).Build(),
                                        testing::OpenForTest("cpu").backend, DetectorOptions{});
}

// White pictures but for number 2. The detector's face lies about (40, 24), 32 pixels wide: where
// it is, elsewhere, nowhere, where it is.
class Pictures final : public Dataset {
 public:
  explicit Pictures(bool dark = false) : dark_(dark) {}
  std::string name() const override { return "pictures"; }
  std::int64_t size() const override { return 4; }
  Sample Get(std::int64_t index) const override {
    const Box boxes[] = {{42, 24, 32}, {10, 50, 20}, {40, 24, 32}, {40, 24, 32}};
    Sample sample{.image = Image::Make(64, 64), .box = boxes[index], .truth = {}};
    if (!dark_ && index != 2) std::ranges::fill(sample.image.rgb, 255);
    sample.group = static_cast<int>(index);
    return sample;
  }

 private:
  bool dark_;
};

TEST(DetectedFaces, BoxIsTheDetectors_AndFarFromTheTrueOneIsALocalizationFailure) {
  const DetectedFaces faces(std::make_shared<Pictures>(), SeesFacesInLight(), 1.25f);
  EXPECT_EQ(faces.size(), 4);
  const Sample near = faces.Get(0);
  EXPECT_NEAR(near.box.center_x, 40.0f, 1e-3f);
  EXPECT_NEAR(near.box.center_y, 24.0f, 1e-3f);
  EXPECT_NEAR(near.box.size, 40.0f, 1e-2f);
  EXPECT_EQ(near.face.size, 32.0f);
  EXPECT_TRUE(near.applied.empty());
  EXPECT_TRUE(faces.Get(1).applied.Has(Cause::kLocalization));
}

TEST(DetectedFaces, PictureWithoutAFace_StandsForTheNext) {
  const DetectedFaces faces(std::make_shared<Pictures>(), SeesFacesInLight());
  EXPECT_EQ(faces.Get(2).group, 3);
  EXPECT_EQ(faces.Get(3).group, 3);
}

TEST(DetectedFaces, DetectorThatFindsNothing_IsAnErrorThatNamesTheSet) {
  const DetectedFaces faces(std::make_shared<Pictures>(true), SeesFacesInLight());
  try {
    faces.Get(1);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("pictures: no face found in 100 pictures"));
  }
}

TEST(DetectedFaces, UnderAugmentation_ItsOwnFailureStays) {
  const auto faces =
      std::make_shared<DetectedFaces>(std::make_shared<Pictures>(), SeesFacesInLight());
  const AugmentedDataset clean(faces, {.task = DirectnessTask(),
                                       .mix = AugmentMix::Clean(),
                                       .severity = SeverityFor(DirectnessTask(), "paper"),
                                       .side = 16});
  EXPECT_TRUE(clean.Get(0).applied.empty());
  EXPECT_TRUE(clean.Get(1).applied.Has(Cause::kLocalization));
}

// Its card has the figures of 1,000 scenes.
TEST(ShippedDetector, FindsPeopleOfTheTest) {
  FaceDetector detector(LoadOnnx(FindModel("face_detector")), testing::OpenForTest("cpu").backend,
                        {});
  const DetectorQuality quality = MeasureDetector(
      detector, RenderedScenes({.seed = kScenesTestDetector, .count = 120, .empty = 0.2}));
  EXPECT_GE(quality.found * 10, quality.pictures * 9);
  EXPECT_LE(quality.alarms * 10, quality.empty);
  EXPECT_GE(quality.overlap, 0.7);
}

}  // namespace
}  // namespace vigil
