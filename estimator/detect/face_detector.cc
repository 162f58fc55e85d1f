#include "estimator/detect/face_detector.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/text.h"
#include "estimator/taps/target.h"

namespace vigil {
namespace {

void CheckOptions(const DetectorOptions& options) {
  const auto is_share = [](float x) { return x >= 0.0f && x <= 1.0f; };
  if (is_share(options.threshold) && is_share(options.overlap)) return;
  throw Error(Fault::kApi, ErrorCode::kMisuse,
              Text("face detector with threshold ", options.threshold, " and overlap ",
                   options.overlap, ": expected both from 0 to 1"));
}

// The region of the picture that the network sees: all of it from its upper left corner, and
// beyond its edge where the proportions differ.
Region Whole(const Image& image, const DetectorInput& input) {
  const float scale = std::max(static_cast<float>(image.width) / static_cast<float>(input.width),
                               static_cast<float>(image.height) / static_cast<float>(input.height));
  return {0.0f, 0.0f, scale * static_cast<float>(input.width),
          scale * static_cast<float>(input.height)};
}

}  // namespace

FaceDetector::FaceDetector(const Graph& detector, std::shared_ptr<Backend> backend,
                           DetectorOptions options)
    : decoder_(MakeBoxDecoder(detector)),
      options_((CheckOptions(options), std::move(options))),
      session_(MakeTargetSession(detector, std::move(backend), options_.tap_encodings,
                                 options_.threads)),
      input_(detector.value(detector.inputs()[0]).desc) {
  for (const ValueId id : detector.outputs()) outputs_.emplace_back(detector.value(id).desc);
}

std::vector<Detection> FaceDetector::Detect(const Image& image, std::span<std::byte> slot) {
  const DetectorInput input = decoder_->input();
  const Region region = Whole(image, input);
  const auto pixels = input_.as<float>();
  ToTensor(
      CropAndResize(image, region, static_cast<int>(input.width), static_cast<int>(input.height)),
      input.normalisation, pixels);
  const std::size_t plane = pixels.size() / 3;
  if (input.bgr) std::ranges::swap_ranges(pixels.first(plane), pixels.last(plane));
  std::vector<TensorView> written;
  std::vector<ConstTensorView> read;
  for (Tensor& output : outputs_) {
    written.push_back(output.view());
    read.push_back(std::as_const(output).view());
  }
  failure_ = session_.Run(std::array{std::as_const(input_).view()}, written, slot).failure;

  std::vector<Detection> faces =
      SuppressOverlaps(decoder_->Decode(read, options_.threshold), options_.overlap);
  const float scale = region.width / static_cast<float>(input.width);
  for (Detection& face : faces) {
    for (float* edge : {&face.left, &face.top, &face.right, &face.bottom}) *edge *= scale;
  }
  return faces;
}

}  // namespace vigil
