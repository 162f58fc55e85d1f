#include "estimator/models/layers.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vigil {
namespace {

// Top, left, bottom, right.
std::array<std::int64_t, 4> PadsOf(const ConvLayer& layer, const Shape& in) {
  std::array<std::int64_t, 4> pads{0, 0, 0, 0};
  if (layer.padding == Padding::kSymmetric) pads.fill(layer.kernel / 2);
  if (layer.padding != Padding::kSame) return pads;
  for (const std::size_t axis : {0u, 1u}) {
    const std::int64_t size = in[static_cast<int>(axis) + 2];
    const std::int64_t out = (size + layer.stride - 1) / layer.stride;
    const std::int64_t pad =
        std::max<std::int64_t>(0, (out - 1) * layer.stride + layer.kernel - size);
    pads[axis] = pad / 2;
    pads[axis + 2] = pad - pad / 2;
  }
  return pads;
}

}  // namespace

// SplitMix64 (Steele, Lea, Flood 2014), mapped to the open end at 0 so that a logarithm exists.
double NormalGenerator::Uniform() {
  state_ += 0x9e3779b97f4a7c15u;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  z ^= z >> 31;
  return (static_cast<double>(z >> 11) + 1.0) * 0x1p-53;
}

float NormalGenerator::Next() {
  const double radius = std::sqrt(-2.0 * std::log(Uniform()));
  return static_cast<float>(radius * std::cos(2.0 * std::numbers::pi * Uniform()));
}

std::int64_t ScaledChannels(std::int64_t channels, double width) {
  const double wanted = static_cast<double>(channels) * width;
  const auto rounded = std::max<std::int64_t>(8, static_cast<std::int64_t>(wanted + 4.0) / 8 * 8);
  return static_cast<double>(rounded) < 0.9 * wanted ? rounded + 8 : rounded;
}

ValueId LayerBuilder::Weights(const std::string& name, const Shape& shape, std::int64_t fan_in) {
  Tensor tensor(TensorDesc{DType::kFloat32, shape});
  const float deviation = std::sqrt(2.0f / static_cast<float>(fan_in));
  for (float& value : tensor.as<float>()) value = deviation * normal_.Next();
  return graph_.Constant(name, std::move(tensor));
}

ValueId LayerBuilder::Filled(const std::string& name, std::int64_t size, float value) {
  Tensor tensor(TensorDesc{DType::kFloat32, Shape{size}});
  std::ranges::fill(tensor.as<float>(), value);
  return graph_.Constant(name, std::move(tensor));
}

ValueId LayerBuilder::Input(const std::string& name, const Shape& shape) {
  return graph_.Input(name, {DType::kFloat32, shape});
}

ValueId LayerBuilder::Conv(const std::string& name, ValueId x, const ConvLayer& layer) {
  const std::int64_t channels = shape(x)[1] / layer.groups;
  ConvAttrs attrs;
  attrs.kernel = {layer.kernel, layer.kernel};
  attrs.strides = {layer.stride, layer.stride};
  attrs.pads = PadsOf(layer, shape(x));
  attrs.groups = layer.groups;
  attrs.has_bias = layer.bias || layer.bias_and_relu;
  const Shape weights{layer.filters, channels, layer.kernel, layer.kernel};
  std::vector<ValueId> inputs{
      x, Weights(name + "/kernel", weights, channels * layer.kernel * layer.kernel)};
  if (attrs.has_bias) inputs.push_back(Filled(name + "/bias", layer.filters, 0.0f));
  if (!layer.bias_and_relu) return graph_.Add(name, attrs, std::move(inputs));
  return Relu(name, graph_.Add(name + "/BiasAdd", attrs, std::move(inputs)));
}

ValueId LayerBuilder::Upsample2(const std::string& name, ValueId x, std::int64_t filters,
                                std::int64_t height, std::int64_t width) {
  const std::int64_t channels = shape(x)[1];
  ConvTransposeAttrs attrs;
  attrs.kernel = {3, 3};
  attrs.strides = {2, 2};
  attrs.pads = {1, 1, 1, 1};
  attrs.output_pads = {height - (2 * shape(x)[2] - 1), width - (2 * shape(x)[3] - 1)};
  attrs.has_bias = true;
  // A quarter of the nine taps meets each output.
  const ValueId weights =
      Weights(name + "/kernel", Shape{channels, filters, 3, 3}, channels * 9 / 4);
  return graph_.Add(name, attrs, {x, weights, Filled(name + "/bias", filters, 0.0f)});
}

ValueId LayerBuilder::Dense(const std::string& name, ValueId x, std::int64_t outputs, bool relu) {
  const std::int64_t features = shape(x)[1];
  GemmAttrs attrs;
  attrs.trans_b = true;
  attrs.has_bias = true;
  const ValueId weights = Weights(name + "/kernel", Shape{outputs, features}, features);
  const ValueId bias = Filled(name + "/bias", outputs, 0.0f);
  if (!relu) return graph_.Add(name, attrs, {x, weights, bias});
  return Relu(name, graph_.Add(name + "/BiasAdd", attrs, {x, weights, bias}));
}

ValueId LayerBuilder::BatchNorm(const std::string& name, ValueId x) {
  const std::int64_t channels = shape(x)[1];
  BatchNormAttrs attrs;
  attrs.epsilon = batch_norm_epsilon_;
  const ValueId gamma = Filled(name + "/gamma", channels, 1.0f);
  const ValueId beta = Filled(name + "/beta", channels, 0.0f);
  const ValueId mean = Filled(name + "/moving_mean", channels, 0.0f);
  const ValueId variance = Filled(name + "/moving_variance", channels, 1.0f);
  return graph_.Add(name, attrs, {x, gamma, beta, mean, variance});
}

ValueId LayerBuilder::Relu(const std::string& name, ValueId x) {
  return graph_.Add(name, UnaryAttrs{.kind = UnaryKind::kRelu}, {x});
}

ValueId LayerBuilder::Relu6(const std::string& name, ValueId x) {
  return graph_.Add(name, UnaryAttrs{.kind = UnaryKind::kClip, .alpha = 0.0f, .beta = 6.0f}, {x});
}

ValueId LayerBuilder::Dropout(const std::string& name, ValueId x, float ratio) {
  return graph_.Add(name, UnaryAttrs{.kind = UnaryKind::kDropout, .alpha = ratio}, {x});
}

ValueId LayerBuilder::MaxPool2(const std::string& name, ValueId x) {
  PoolAttrs attrs;
  attrs.kind = PoolKind::kMax;
  attrs.kernel = attrs.strides = {2, 2};
  return graph_.Add(name, attrs, {x});
}

ValueId LayerBuilder::Concat(const std::string& name, std::vector<ValueId> parts) {
  return graph_.Add(name, ConcatAttrs{.axis = 1}, std::move(parts));
}

ValueId LayerBuilder::AverageToVector(const std::string& name, ValueId x) {
  const ValueId mean = graph_.Add(name + "/mean", GlobalPoolAttrs{}, {x});
  return graph_.Add(name, FlattenAttrs{.axis = 1}, {mean});
}

ValueId LayerBuilder::ResidualBlock(const std::string& name, ValueId x, std::int64_t channels,
                                    std::int64_t stride) {
  const auto conv_bn = [&](const std::string& layer, ValueId in, const ConvLayer& conv) {
    return BatchNorm(layer + "_BN", Conv(layer, in, conv));
  };
  ValueId y = conv_bn(name + "/conv1", x, {.filters = channels, .stride = stride});
  y = conv_bn(name + "/conv2", Relu(name + "/conv1_relu", y), {.filters = channels});
  ValueId shortcut = x;
  if (stride != 1 || shape(x)[1] != channels) {
    shortcut = conv_bn(name + "/shortcut", x, {.filters = channels, .kernel = 1, .stride = stride});
  }
  const ValueId sum =
      graph_.Add(name + "/add", BinaryAttrs{.kind = BinaryKind::kAdd}, {y, shortcut});
  return Relu(name, sum);
}

}  // namespace vigil
