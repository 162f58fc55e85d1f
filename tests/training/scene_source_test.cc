#include "estimator/training/scene_source.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "estimator/data/heads/rendered_scenes.h"
#include "estimator/models/face_detector.h"

namespace vigil {
namespace {

// 64 pixels in 4x4 cells.
std::vector<float> GridOf(const Box& box) {
  std::vector<float> grid(kFaceChannels * 16, 7.0f);
  FillFaceGrid(box, 64, 4, 4, grid);
  return grid;
}

TEST(FillFaceGrid, FaceInTheMiddleOfACell_IsThatCellsAlone) {
  const std::vector<float> grid = GridOf({40.0f, 24.0f, 32.0f});
  for (std::size_t cell = 0; cell < 16; ++cell) EXPECT_EQ(grid[cell], cell == 6 ? 1.0f : 0.0f);
  EXPECT_EQ(grid[kFaceOffsetX * 16 + 6], 0.0f);
  EXPECT_FLOAT_EQ(grid[kFaceLogWidth * 16 + 6], std::log(2.0f));
  EXPECT_EQ(grid[kFaceLogWidth * 16 + 5], 0.0f);
}

TEST(FillFaceGrid, FaceOnACorner_IsOfAllFourCells) {
  const std::vector<float> grid = GridOf({32.0f, 32.0f, 16.0f});
  float faces = 0.0f;
  for (std::size_t cell = 0; cell < 16; ++cell) faces += grid[cell];
  EXPECT_EQ(faces, 4.0f);
  EXPECT_EQ(grid[kFaceOffsetX * 16 + 5], 0.5f);
  EXPECT_EQ(grid[kFaceOffsetY * 16 + 10], -0.5f);
}

TEST(FillFaceGrid, BoxOfNoSize_IsNoFace) {
  EXPECT_THAT(GridOf({32.0f, 32.0f, 0.0f}), ::testing::Each(0.0f));
}

TEST(SceneSource, EpochsSeeOtherPictures_AndTheSameOnesAgain) {
  const auto scenes =
      std::make_shared<RenderedScenes>(RenderedScenesOptions{.count = 8, .side = 64});
  SceneSource source(scenes, 2, 2);
  const TrainingBatch first = source.Get(0, 1), other = source.Get(1, 1), again = source.Get(0, 1);
  EXPECT_EQ(first.inputs[0].shape(), (Shape{2, 3, 64, 64}));
  EXPECT_EQ(first.targets.shape(), (Shape{2, kFaceChannels, 4, 4}));
  const auto values = [](const TrainingBatch& batch) {
    const auto span = batch.inputs[0].as<float>();
    return std::vector<float>(span.begin(), span.end());
  };
  EXPECT_EQ(values(first), values(again));
  EXPECT_NE(values(first), values(other));
}

TEST(SceneSource, TooFewPictures_AreRefused) {
  const auto scenes =
      std::make_shared<RenderedScenes>(RenderedScenesOptions{.count = 3, .side = 64});
  EXPECT_THROW(SceneSource(scenes, 4, 1), Error);
}

}  // namespace
}  // namespace vigil
