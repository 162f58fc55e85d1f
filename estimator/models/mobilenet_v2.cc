#include "estimator/models/mobilenet_v2.h"

#include "engine/base/text.h"
#include "estimator/models/layers.h"

namespace vigil {
namespace {

// Table 2 of the paper: t, c, n, s.
struct Stage {
  std::int64_t expansion, channels, repeats, stride;
};
constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                             {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

void CheckOptions(const MobileNetV2Options& options) {
  if (options.side >= 32 && options.width > 0.0 && options.width <= 4.0 && options.outputs > 0)
    return;
  throw Error(
      Fault::kModel, ErrorCode::kInvalidValue,
      Text("MobileNetV2 of width ", options.width, ", side ", options.side, ", ", options.outputs,
           " outputs: expected a width in (0, 4], a side of at least 32 and an output"));
}

// One inverted residual; `prefix` ends in "_".
ValueId InvertedResidual(LayerBuilder& layers, const std::string& prefix, ValueId x,
                         std::int64_t expansion, std::int64_t channels, std::int64_t stride) {
  const ValueId in = x;
  const std::int64_t in_channels = layers.shape(x)[1];
  const auto conv_bn = [&](const std::string& name, const ConvLayer& layer) {
    x = layers.BatchNorm(prefix + name + "_BN", layers.Conv(prefix + name, x, layer));
  };
  if (expansion != 1) {
    conv_bn("expand", {.filters = expansion * in_channels, .kernel = 1});
    x = layers.Relu6(prefix + "expand_relu", x);
  }
  const std::int64_t wide = expansion * in_channels;
  conv_bn(
      "depthwise",
      {.filters = wide, .kernel = 3, .stride = stride, .groups = wide, .padding = Padding::kSame});
  x = layers.Relu6(prefix + "depthwise_relu", x);
  conv_bn("project", {.filters = channels, .kernel = 1});
  if (stride != 1 || in_channels != channels) return x;
  return layers.graph().Add(prefix + "add", BinaryAttrs{.kind = BinaryKind::kAdd}, {in, x});
}

}  // namespace

Graph BuildMobileNetV2(const MobileNetV2Options& options) {
  CheckOptions(options);
  LayerBuilder layers(options.seed, 1e-3f);  // Keras' epsilon
  ValueId x = layers.Input("image", Shape{1, 3, options.side, options.side});
  const auto conv_bn_relu = [&](const std::string& conv, const std::string& norm,
                                const std::string& relu, const ConvLayer& layer) {
    x = layers.Relu6(relu, layers.BatchNorm(norm, layers.Conv(conv, x, layer)));
  };
  conv_bn_relu(
      "Conv1", "bn_Conv1", "Conv1_relu",
      {.filters = ScaledChannels(32, options.width), .stride = 2, .padding = Padding::kSame});
  int block = 0;
  for (const Stage& stage : kStages) {
    const std::int64_t channels = ScaledChannels(stage.channels, options.width);
    for (int i = 0; i < stage.repeats; ++i, ++block) {
      const std::string prefix =
          block == 0 ? "expanded_conv_" : "block_" + std::to_string(block) + "_";
      x = InvertedResidual(layers, prefix, x, stage.expansion, channels, i ? 1 : stage.stride);
    }
  }
  // The last layer is not made narrower than 1280, as the paper says.
  const std::int64_t last = options.width > 1.0 ? ScaledChannels(1280, options.width) : 1280;
  conv_bn_relu("Conv_1", "Conv_1_bn", "out_relu", {.filters = last, .kernel = 1});
  x = layers.AverageToVector("global_average_pooling2d", x);
  x = layers.Dense("predictions", x, options.outputs);
  layers.graph().Output(x);
  return std::move(layers.graph()).Build();
}

}  // namespace vigil
