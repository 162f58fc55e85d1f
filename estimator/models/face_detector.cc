#include "estimator/models/face_detector.h"

#include "engine/base/text.h"
#include "estimator/models/layers.h"

namespace vigil {
namespace {

struct Block {
  std::int64_t channels, stride;
};
// The last three see 16 cells around their own: about a whole picture.
constexpr Block kBlocks[] = {{32, 2}, {48, 1}, {64, 2}, {64, 1}, {96, 2}, {96, 1}, {96, 1}};

}  // namespace

Graph BuildFaceDetector(const FaceDetectorOptions& options) {
  if (options.height < kFaceStride || options.width < kFaceStride ||
      options.height % kFaceStride != 0 || options.width % kFaceStride != 0) {
    throw Error(Fault::kModel, ErrorCode::kInvalidValue,
                Text("face detector for ", options.width, "x", options.height,
                     " pixels: expected multiples of ", kFaceStride));
  }
  LayerBuilder layers(options.seed, 1e-3f);
  ValueId x = layers.Input("image", Shape{1, 3, options.height, options.width});
  const auto conv = [&](const std::string& name, const ConvLayer& layer) {
    x = layers.Relu(name, layers.BatchNorm(name + "_BN", layers.Conv(name + "_conv", x, layer)));
  };
  conv("stem", {.filters = 16, .stride = 2});
  int number = 0;
  for (const Block& block : kBlocks) {
    const std::string name = "detect_" + std::to_string(++number);
    const std::int64_t channels = layers.shape(x)[1];
    conv(name + "_depthwise", {.filters = channels, .stride = block.stride, .groups = channels});
    conv(name, {.filters = block.channels, .kernel = 1});
  }
  x = layers.Conv("faces", x, {.filters = kFaceChannels, .kernel = 3, .bias = true});
  layers.graph().Output(x);
  return std::move(layers.graph()).Build();
}

}  // namespace vigil
