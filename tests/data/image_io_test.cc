#include "estimator/data/image_io.h"

#include <opencv2/imgcodecs.hpp>

#include "tests/data/fixtures.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

std::vector<std::byte> EncodeJpeg(const Image& image) {
  const cv::Mat pixels(image.height, image.width, CV_8UC3,
                       const_cast<std::uint8_t*>(image.rgb.data()));
  std::vector<std::uint8_t> encoded;
  cv::imencode(".jpg", pixels, encoded);
  const auto bytes = std::as_bytes(std::span(encoded));
  return {bytes.begin(), bytes.end()};
}

TEST(LoadImage, PngThatWeWrote_ComesBackUnchanged) {
  const TemporaryFolder folder;
  const Image image = Pattern(13, 7);
  const Image loaded = LoadImage(folder.Write("a.png", EncodePng(image)));
  EXPECT_EQ(loaded.width, 13);
  EXPECT_EQ(loaded.height, 7);
  EXPECT_EQ(loaded.rgb, image.rgb);
}

TEST(LoadImage, MissingFile_IsNotFoundAndNamed) {
  const Error error = ErrorOf([] { LoadImage("nowhere/face.jpg"); });
  EXPECT_EQ(error.fault(), Fault::kInput);
  EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  EXPECT_THAT(error.what(), HasSubstr("nowhere/face.jpg"));
}

TEST(LoadImage, AnythingThatIsNoImage_IsMalformedAndNamed) {
  const TemporaryFolder folder;
  for (const std::string text : {"", "x", "this is no image, whatever its name says"}) {
    const auto path = folder.WriteText("fake.png", text);
    const Error error = ErrorOf([&] { LoadImage(path); });
    EXPECT_EQ(error.fault(), Fault::kInput);
    EXPECT_EQ(error.code(), ErrorCode::kMalformed) << text;
    EXPECT_THAT(error.what(), HasSubstr("fake.png"));
  }
}

TEST(LoadImage, EveryTruncationOfPngAndJpeg_IsMalformed) {
  const Image image = Pattern(40, 30);
  for (const auto& whole : {EncodePng(image), EncodeJpeg(image)}) {
    ASSERT_NO_THROW(DecodeImage(whole, "whole"));
    for (std::size_t length = 0; length < whole.size() - 8; length += 61) {
      const Error error = ErrorOf([&] { DecodeImage(std::span(whole).first(length), "cut.img"); });
      EXPECT_EQ(error.code(), ErrorCode::kMalformed) << length << " of " << whole.size();
      EXPECT_THAT(error.what(), HasSubstr("cut.img"));
    }
  }
}

}  // namespace
}  // namespace vigil
