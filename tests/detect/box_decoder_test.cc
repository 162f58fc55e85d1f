#include "estimator/detect/box_decoder.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/text.h"
#include "estimator/models/face_detector.h"
#include "tests/detect/fixtures.h"

namespace vigil {
namespace {

using testing::AlwaysSays;
using ::testing::FloatNear;
using ::testing::HasSubstr;

std::vector<ConstTensorView> Views(const std::vector<Tensor>& tensors) {
  std::vector<ConstTensorView> views;
  for (const Tensor& tensor : tensors) views.push_back(tensor.view());
  return views;
}

void ExpectBox(const Detection& found, float left, float top, float right, float bottom) {
  EXPECT_THAT(found.left, FloatNear(left, 1e-3f));
  EXPECT_THAT(found.top, FloatNear(top, 1e-3f));
  EXPECT_THAT(found.right, FloatNear(right, 1e-3f));
  EXPECT_THAT(found.bottom, FloatNear(bottom, 1e-3f));
}

// 320x240 has 40 * 30 * 3 + 20 * 15 * 2 + 10 * 8 * 2 + 5 * 4 * 3 = 4420 priors.
constexpr std::int64_t kPriors = 4420;

TEST(UltraFace, Offsets_AreTakenFromTheirPrior) {
  // The prior of 48 pixels in row 2, column 3 of the map of 20x15 cells: centre (56, 40).
  const std::size_t prior = 40 * 30 * 3 + (2 * 20 + 3) * 2 + 1;
  Tensor scores(Shape{1, kPriors, 2}, std::vector<float>(kPriors * 2, 0.0f));
  Tensor boxes(Shape{1, kPriors, 4}, std::vector<float>(kPriors * 4, 0.0f));
  scores.as<float>()[2 * prior + 1] = 0.9f;
  boxes.as<float>()[4 * prior] = 1.0f;                       // 0.1 * 48 pixels to the right
  boxes.as<float>()[4 * prior + 3] = 5.0f * std::log(2.0f);  // twice as high
  testing::NamedTensors said = testing::Named("boxes", boxes.Clone());
  said.emplace_back("scores", scores.Clone());
  const auto decoder = MakeBoxDecoder(AlwaysSays({1, 3, 240, 320}, said));
  EXPECT_EQ(decoder->name(), "UltraFace");
  EXPECT_FALSE(decoder->input().bgr);
  std::vector<Tensor> outputs;
  outputs.push_back(boxes.Clone());
  outputs.push_back(scores.Clone());
  const auto found = decoder->Decode(Views(outputs), 0.5f);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].score, 0.9f);
  ExpectBox(found[0], 56.0f + 4.8f - 24.0f, 40.0f - 48.0f, 56.0f + 4.8f + 24.0f, 40.0f + 48.0f);
  EXPECT_TRUE(decoder->Decode(Views(outputs), 0.95f).empty());
}

// 32x64 pixels: 8x4 cells of 8, 4x2 of 16, 2x1 of 32.
TEST(YuNet, CellsAndStrides_GiveTheBox) {
  testing::NamedTensors outputs;
  const auto named = [&outputs](const std::string& name) {
    return std::ranges::find(outputs, name, &testing::NamedTensors::value_type::first)
        ->second.as<float>();
  };
  for (const std::int64_t stride : {8, 16, 32}) {
    const std::int64_t cells = (64 / stride) * (32 / stride);
    const std::string end = Text("_", stride);
    const auto zeros = [&](std::int64_t each) {
      return Tensor(Shape{1, cells, each},
                    std::vector<float>(static_cast<std::size_t>(cells * each), 0.0f));
    };
    outputs.emplace_back("cls" + end, zeros(1));
    outputs.emplace_back("obj" + end, zeros(1));
    outputs.emplace_back("bbox" + end, zeros(4));
  }
  // Row 1, column 2 of the map of 4x2 cells of 16 pixels.
  const std::size_t cell = 1 * 4 + 2;
  named("cls_16")[cell] = 0.81f;
  named("obj_16")[cell] = 1.0f;
  const float box[] = {0.5f, 0.25f, std::log(2.0f), 0.0f};
  std::copy(box, box + 4, named("bbox_16").begin() + cell * 4);
  const Graph graph = AlwaysSays({1, 3, 32, 64}, outputs);
  const auto decoder = MakeBoxDecoder(graph);
  EXPECT_EQ(decoder->name(), "YuNet");
  EXPECT_TRUE(decoder->input().bgr);
  std::vector<Tensor> given;
  for (const auto& [name, tensor] : outputs) given.push_back(tensor.Clone());
  const auto found = decoder->Decode(Views(given), 0.5f);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NEAR(found[0].score, 0.9f, 1e-6f);  // sqrt(0.81 * 1)
  ExpectBox(found[0], 40.0f - 16.0f, 20.0f - 8.0f, 40.0f + 16.0f, 20.0f + 8.0f);
}

TEST(Grid, CellOffsetAndSides_GiveTheBox) {
  Tensor faces(Shape{1, kFaceChannels, 2, 4}, std::vector<float>(kFaceChannels * 8, 0.0f));
  const auto at = [&](int channel, int row, int column) -> float& {
    return faces.as<float>()[static_cast<std::size_t>((channel * 2 + row) * 4 + column)];
  };
  for (int cell = 0; cell < 8; ++cell) faces.as<float>()[static_cast<std::size_t>(cell)] = -9.0f;
  at(kFaceLogit, 1, 2) = std::log(3.0f);  // a sigmoid of 0.75
  at(kFaceOffsetX, 1, 2) = 0.25f;
  at(kFaceOffsetY, 1, 2) = -0.5f;
  at(kFaceLogWidth, 1, 2) = std::log(2.0f);
  at(kFaceLogHeight, 1, 2) = std::log(3.0f);
  const auto decoder =
      MakeBoxDecoder(AlwaysSays({1, 3, 32, 64}, testing::Named("faces", faces.Clone())));
  std::vector<Tensor> given;
  given.push_back(faces.Clone());
  const auto found = decoder->Decode(Views(given), 0.5f);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NEAR(found[0].score, 0.75f, 1e-6f);
  // Centre (2.75 * 16, 1.0 * 16), 32 wide, 48 high.
  ExpectBox(found[0], 44.0f - 16.0f, 16.0f - 24.0f, 44.0f + 16.0f, 16.0f + 24.0f);
}

TEST(BoxDecoder, UnknownOutputs_AreListed) {
  const Graph graph = AlwaysSays(
      {1, 3, 32, 32}, testing::Named("heat", Tensor(Shape{1, 2}, std::vector<float>{1.0f, 2.0f})));
  try {
    MakeBoxDecoder(graph);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kModel);
    EXPECT_THAT(error.what(), HasSubstr("heat 1x2"));
    EXPECT_THAT(error.what(), HasSubstr("UltraFace"));
  }
}

}  // namespace
}  // namespace vigil
