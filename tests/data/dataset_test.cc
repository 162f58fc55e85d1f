#include "estimator/data/dataset.h"

#include <cmath>
#include <limits>

#include "tests/data/fixtures.h"

namespace vigil {
namespace {

// A grey image from its values, row by row.
Image Grey(int width, int height, const std::vector<int>& values) {
  Image image = Image::Make(width, height);
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t c = 0; c < 3; ++c) image.rgb[i * 3 + c] = static_cast<std::uint8_t>(values[i]);
  return image;
}

std::vector<int> Red(const Image& image) {
  std::vector<int> values;
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) values.push_back(image.rgb[i]);
  return values;
}

TEST(CropAndResize, WholeImageAtItsOwnSize_IsTheImage) {
  const Image image = Pattern(7, 7);
  EXPECT_EQ(CropAndResize(image, {3.5f, 3.5f, 7.0f}, 7).rgb, image.rgb);
}

TEST(CropAndResize, WhenEnlarging_IsBilinearBetweenPixelCenters) {
  // Output centers fall on -0.25, 0.25, 0.75, 1.25 of the pixel centers 0 and 1.
  const Image crop = CropAndResize(Grey(2, 2, {0, 100, 40, 140}), {1.0f, 1.0f, 2.0f}, 4);
  EXPECT_EQ(Red(crop), (std::vector<int>{0, 25, 75, 100,    //
                                         10, 35, 85, 110,   //
                                         30, 55, 105, 130,  //
                                         40, 65, 115, 140}));
}

TEST(CropAndResize, WhenShrinking_AveragesTheAreaOfEachOutputPixel) {
  // Outputs cover columns [0, 1.5) and [1.5, 3): (0 + 30/2)/1.5 = 10, (30/2 + 90)/1.5 = 70.
  const Image crop =
      CropAndResize(Grey(3, 3, {0, 30, 90, 0, 30, 90, 0, 30, 90}), {1.5f, 1.5f, 3.0f}, 2);
  EXPECT_EQ(Red(crop), (std::vector<int>{10, 70, 10, 70}));
}

TEST(CropAndResize, OutsideTheImage_RepeatsTheEdge) {
  const Image crop = CropAndResize(Grey(2, 2, {10, 20, 30, 40}), {-1.0f, 1.0f, 2.0f}, 2);
  EXPECT_EQ(Red(crop), (std::vector<int>{10, 10, 30, 30}));
}

TEST(CropAndResize, NonsenseBox_IsAnInputErrorWithItsNumbers) {
  const Image image = Pattern(4, 4);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const Box& box :
       {Box{2, 2, 0}, Box{2, 2, -1}, Box{nan, 2, 4}, Box{2, 2, nan}, Box{2, 2, 1e9f}}) {
    const Error error = ErrorOf([&] { CropAndResize(image, box, 4); });
    EXPECT_EQ(error.fault(), Fault::kInput);
    EXPECT_EQ(error.code(), ErrorCode::kInvalidValue);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("in an image of 4x4"));
  }
}

TEST(ToTensor, WritesNormalisedPlanes) {
  Image image = Image::Make(2, 1);
  image.rgb = {0, 51, 255, 255, 102, 0};
  std::vector<float> tensor(6);
  ToTensor(image, {.mean = {0.5f, 0.2f, 0.0f}, .stddev = {0.5f, 0.1f, 2.0f}}, tensor);
  const std::vector<float> expected = {-1.0f, 1.0f, 0.0f, 2.0f, 0.5f, 0.0f};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(tensor[i], expected[i], 1e-6f) << i;
}

}  // namespace
}  // namespace vigil
