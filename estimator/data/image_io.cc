#include "estimator/data/image_io.h"

#include <algorithm>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "estimator/data/image_format.h"

namespace vigil {

Image DecodeImage(std::span<const std::byte> bytes, const std::string& name) {
  const auto malformed = [&](const std::string& why) {
    return Error(Fault::kInput, ErrorCode::kMalformed, Text("image '", name, "': ", why));
  };
  if (bytes.empty()) throw malformed("the file is empty");
  if (const std::string why = WhyTruncated(bytes); !why.empty()) throw malformed(why);
  try {
    const cv::Mat raw(1, static_cast<int>(bytes.size()), CV_8UC1,
                      const_cast<std::byte*>(bytes.data()));
    const cv::Mat bgr = cv::imdecode(raw, cv::IMREAD_COLOR);
    if (bgr.empty()) throw malformed(Text(bytes.size(), " bytes in no format that can be decoded"));
    Image image = Image::Make(bgr.cols, bgr.rows);
    cv::Mat rgb(bgr.rows, bgr.cols, CV_8UC3, image.rgb.data());
    cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
    return image;
  } catch (const cv::Exception& e) {
    throw malformed(Text("the decoder refused it: ", e.err));
  }
}

Image LoadImage(const std::filesystem::path& path) {
  return DecodeImage(ReadFileBytes(path), path.string());
}

namespace {

// `ending` is the format's, such as ".png".
std::vector<std::byte> EncodeImage(const Image& image, const char* ending,
                                   const std::vector<int>& parameters) {
  try {
    const cv::Mat rgb(image.height, image.width, CV_8UC3,
                      const_cast<std::uint8_t*>(image.rgb.data()));
    cv::Mat bgr;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    std::vector<std::uint8_t> encoded;
    if (!cv::imencode(ending, bgr, encoded, parameters))
      throw Error(Fault::kApi, ErrorCode::kUnavailable, Text("OpenCV was built without ", ending));
    const auto bytes = std::as_bytes(std::span(encoded));
    return {bytes.begin(), bytes.end()};
  } catch (const cv::Exception& e) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text(ending, " of ", image.width, "x", image.height, ": ", e.err));
  }
}

}  // namespace

std::vector<std::byte> EncodePng(const Image& image) { return EncodeImage(image, ".png", {}); }

Image AfterJpeg(const Image& image, int quality) {
  const std::vector<std::byte> bytes =
      EncodeImage(image, ".jpg", {cv::IMWRITE_JPEG_QUALITY, quality});
  return DecodeImage(bytes, "a JPEG in memory");
}

}  // namespace vigil
