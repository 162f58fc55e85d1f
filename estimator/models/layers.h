// Layers with freshly initialised weights, on top of GraphBuilder: what the builders of this room
// share.
#ifndef VIGIL_ESTIMATOR_MODELS_LAYERS_H_
#define VIGIL_ESTIMATOR_MODELS_LAYERS_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/graph/builder.h"

namespace vigil {

// Normally distributed numbers that depend on the seed alone, on every machine and library.
class NormalGenerator {
 public:
  explicit NormalGenerator(std::uint64_t seed) : state_(seed) {}
  float Next();  // mean 0, standard deviation 1

 private:
  double Uniform();  // in (0, 1]
  std::uint64_t state_;
};

// Zeros around the image. Both kSame (Keras: the odd one below and to the right) and kSymmetric
// (ResNet: kernel / 2 on every side) give an output of ceil(in / stride).
enum class Padding { kSame, kSymmetric, kNone };

struct ConvLayer {
  std::int64_t filters = 1;
  std::int64_t kernel = 3;
  std::int64_t stride = 1;
  std::int64_t groups = 1;
  Padding padding = Padding::kSymmetric;
  bool bias = false;
  bool bias_and_relu = false;  // a Keras layer with an activation inside: its output is called
                               // NAME, the value before the activation NAME/BiasAdd
};

// Constants are called as Keras calls them: NAME/kernel, /bias, /gamma, /beta, /moving_mean,
// /moving_variance. Weights are He-normal (variance 2 / fan-in), biases 0, batch norms identity.
// Not thread-safe. Throws what GraphBuilder throws.
class LayerBuilder {
 public:
  LayerBuilder(std::uint64_t seed, float batch_norm_epsilon)
      : normal_(seed), batch_norm_epsilon_(batch_norm_epsilon) {}

  GraphBuilder& graph() { return graph_; }
  // Dimensions of a value.
  const Shape& shape(ValueId value) const { return graph_.desc(value).shape; }

  ValueId Input(const std::string& name, const Shape& shape);
  ValueId Conv(const std::string& name, ValueId x, const ConvLayer& layer);
  // The way back from a 3 x 3 convolution of stride 2: from (n + 1) / 2 places to n.
  ValueId Upsample2(const std::string& name, ValueId x, std::int64_t filters, std::int64_t height,
                    std::int64_t width);
  ValueId Dense(const std::string& name, ValueId x, std::int64_t outputs,
                bool relu = false);  // x [N, K]; names as ConvLayer::bias_and_relu
  ValueId BatchNorm(const std::string& name, ValueId x);
  ValueId Relu(const std::string& name, ValueId x);
  ValueId Relu6(const std::string& name, ValueId x);
  ValueId Dropout(const std::string& name, ValueId x, float ratio);
  ValueId MaxPool2(const std::string& name, ValueId x);                 // 2 x 2, stride 2
  ValueId Concat(const std::string& name, std::vector<ValueId> parts);  // of channels
  // The mean of each plane as [N, C]; the mean itself is called NAME/mean.
  ValueId AverageToVector(const std::string& name, ValueId x);
  // ResNet's basic block: two 3 x 3 convolutions, and a 1 x 1 on the shortcut where stride or
  // channels change. The output, after the last Relu, is called `name`.
  ValueId ResidualBlock(const std::string& name, ValueId x, std::int64_t channels,
                        std::int64_t stride);

 private:
  ValueId Weights(const std::string& name, const Shape& shape, std::int64_t fan_in);
  ValueId Filled(const std::string& name, std::int64_t size, float value);

  GraphBuilder graph_;
  NormalGenerator normal_;
  float batch_norm_epsilon_;
};

// Channels of a layer under a width multiplier: the multiple of 8 nearest to channels * width, at
// least 8 and never below 90 % of it (the rule of the MobileNet papers).
std::int64_t ScaledChannels(std::int64_t channels, double width);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MODELS_LAYERS_H_
