#include "estimator/detect/cascade.h"

#include <cmath>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "estimator/data/image_io.h"
#include "estimator/data/model_input.h"
#include "estimator/models/face_detector.h"
#include "tests/detect/fixtures.h"
#include "tests/support/backends.h"
#include "tests/support/shared_data.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;
using testing::OpenForTest;
using testing::SeesOneFace;
using testing::SharedData;

// Tapped at its output.
Graph OneFace(float logit) {
  return SeesOneFace(logit).WithTaps(std::array<std::string, 1>{"faces"});
}

// The mean of each colour of an 8x8 crop; tapped where a convolution halves the crop.
Graph MeanColour() {
  GraphBuilder builder;
  const ValueId x = builder.Input("crop", {DType::kFloat32, {1, 3, 8, 8}});
  const ValueId quarter =
      builder.Constant("quarter", Tensor(Shape{3, 1, 2, 2}, std::vector<float>(12, 0.25f)));
  const ConvAttrs halving{.kernel = {2, 2}, .strides = {2, 2}, .groups = 3};
  const ValueId half = builder.Add("half", halving, {x, quarter});
  builder.Output(
      builder.Add("flat", FlattenAttrs{}, {builder.Add("mean", GlobalPoolAttrs{}, {half})}));
  builder.Tap(half);
  return WithNormalisation(std::move(builder).Build(), {.mean = {0, 0, 0}, .stddev = {1, 1, 1}});
}

// Red where the face is, blue elsewhere; twice the size of the detector's input.
Image Picture() {
  Image image = Image::Make(128, 128);
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 128; ++x) {
      const bool face = std::abs(x - 80) < 32 && std::abs(y - 48) < 32;
      image.rgb[static_cast<std::size_t>((y * 128 + x) * 3 + (face ? 0 : 2))] = 255;
    }
  }
  return image;
}

class CascadeOnBackends : public ::testing::TestWithParam<std::string> {};

TEST_P(CascadeOnBackends, SecondStage_SeesTheFaceThatTheFirstFound) {
  const auto opened = OpenForTest(GetParam());
  if (!opened.backend) GTEST_SKIP() << opened.reason;
  FaceCascade cascade(OneFace(3.0f), MeanColour(), opened.backend, {.margin = 0.9f});
  std::vector<float> mean(3);
  std::vector<std::byte> slot(cascade.plan().SlotBytes(1));
  const TargetAnswer answer = cascade.Run(Picture(), mean, slot);
  EXPECT_TRUE(answer.answered);
  ASSERT_EQ(cascade.faces().size(), 1u);
  EXPECT_NEAR(cascade.crop().center_x, 80.0f, 1e-3f);
  EXPECT_NEAR(cascade.crop().center_y, 48.0f, 1e-3f);
  EXPECT_NEAR(cascade.crop().size, 64.0f * 0.9f, 1e-2f);
  EXPECT_NEAR(mean[0], 1.0f, 1e-5f);  // within the face all is red
  EXPECT_NEAR(mean[2], 0.0f, 1e-5f);

  // The slot holds the detector's tap, then the second stage's.
  ASSERT_EQ(cascade.plan().taps.size(), 2u);
  EXPECT_EQ(cascade.plan().taps[0].name, "detector/faces");
  EXPECT_EQ(cascade.plan().taps[1].name, "half");
  const auto taps = SplitSlot(cascade.plan(), slot, 1, 0);
  std::vector<float> faces(kFaceChannels * 16), half(3 * 16);
  ASSERT_EQ(taps[0].bytes.size(), faces.size() * sizeof(float));
  ASSERT_EQ(taps[1].bytes.size(), half.size() * sizeof(float));
  std::memcpy(faces.data(), taps[0].bytes.data(), taps[0].bytes.size());
  std::memcpy(half.data(), taps[1].bytes.data(), taps[1].bytes.size());
  EXPECT_NEAR(faces[6], 3.0f, 1e-5f);
  EXPECT_NEAR(half[0], 1.0f, 1e-5f);
}

TEST_P(CascadeOnBackends, WithoutAFace_NothingIsAnswered) {
  const auto opened = OpenForTest(GetParam());
  if (!opened.backend) GTEST_SKIP() << opened.reason;
  FaceCascade cascade(OneFace(-3.0f), MeanColour(), opened.backend, {});
  std::vector<float> mean(3, 7.0f);
  EXPECT_FALSE(cascade.Run(Picture(), mean).answered);
  EXPECT_TRUE(cascade.faces().empty());
}

INSTANTIATE_TEST_SUITE_P(Backends, CascadeOnBackends, ::testing::ValuesIn(testing::BackendNames()));

TEST(FaceCascade, TapsAndNoTaps_GiveTheSameAnswer) {
  const auto cpu = OpenForTest("cpu").backend;
  FaceCascade cascade(OneFace(3.0f), MeanColour(), cpu, {});
  std::vector<float> with(3), without(3);
  std::vector<std::byte> slot(cascade.plan().SlotBytes(1));
  cascade.Run(Picture(), with, slot);
  cascade.Run(Picture(), without);
  EXPECT_EQ(std::memcmp(with.data(), without.data(), sizeof(float) * 3), 0);
}

TEST(FaceCascade, PictureAsTensor_IsThePicture) {
  FaceCascade cascade(OneFace(3.0f), MeanColour(), OpenForTest("cpu").backend, {});
  Tensor picture(TensorDesc{DType::kUInt8, Shape{1, 128, 128, 3}});
  std::ranges::copy(Picture().rgb, picture.as<std::uint8_t>().begin());
  std::vector<float> as_tensor(3), as_image(3);
  cascade.Run(std::as_const(picture).view(), as_tensor, {});
  cascade.Run(Picture(), as_image);
  EXPECT_EQ(as_tensor, as_image);
}

TEST(FaceCascade, InputThatIsNoPicture_IsNamed) {
  FaceCascade cascade(OneFace(3.0f), MeanColour(), OpenForTest("cpu").backend, {});
  const Tensor planes(TensorDesc{DType::kFloat32, Shape{1, 3, 8, 8}});
  std::vector<float> mean(3);
  try {
    cascade.Run(planes.view(), mean, {});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kInput);
    EXPECT_THAT(error.what(), HasSubstr("'image' is 1x3x8x8 of float32"));
  }
}

TEST(FaceCascade, SecondStageThatTakesNoCrop_IsRefused) {
  GraphBuilder builder;
  const ValueId x = builder.Input("features", {DType::kFloat32, {1, 8}});
  builder.Output(builder.Add("same", UnaryAttrs{.kind = UnaryKind::kRelu}, {x}));
  const Graph wrong = std::move(builder).Build();
  EXPECT_THROW(FaceCascade(OneFace(1.0f), wrong, OpenForTest("cpu").backend, {}), Error);
}

// The photograph's one face: its eyes, nose and mouth lie within (183..267, 75..180) of 512x512.
TEST(FaceDetector, PublishedModels_FindThePhotographsFace) {
  const auto photo = SharedData() / "photos/astronaut.png";
  if (!std::filesystem::exists(photo)) GTEST_SKIP() << photo << " is not there";
  const Image image = LoadImage(photo);
  for (const char* file :
       {"ultraface/version-RFB-320_simplified.onnx", "yunet/yunet_n_320_320.onnx"}) {
    SCOPED_TRACE(file);
    FaceDetector detector(LoadOnnx(SharedData() / "models" / file), OpenForTest("cpu").backend, {});
    const std::vector<Detection> faces = detector.Detect(image);
    ASSERT_EQ(faces.size(), 1u);
    EXPECT_GT(faces[0].score, 0.7f);
    const Detection features{183, 75, 267, 180, 1.0f};
    EXPECT_GT(IntersectionOverUnion(faces[0], features), 0.5f)
        << Text(faces[0].left, " ", faces[0].top, " ", faces[0].right, " ", faces[0].bottom);
  }
}

}  // namespace
}  // namespace vigil
