#include "estimator/models/estimator.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/base/text.h"
#include "estimator/models/layers.h"

namespace vigil {
namespace {

constexpr float kEpsilon = 1e-5f;
constexpr std::int64_t kSmallestSide = 4;  // feature_b is not halved below

std::int64_t Half(std::int64_t size) { return (size + 1) / 2; }

[[noreturn]] void Refuse(const EstimatorOptions& options, const std::string& reason) {
  throw Error(Fault::kModel, ErrorCode::kInvalidShape,
              Text("taps ", options.tap_a, " and ", options.tap_b, " make no estimator: ", reason));
}

// How often feature_a must be halved to get feature_b's size: 0 to 3.
int HalvingsOf(const EstimatorOptions& options) {
  if (options.tap_a.rank() != 4 || options.tap_b.rank() != 4)
    Refuse(options, "expected two taps of rank 4");
  std::int64_t height = options.tap_a[2], width = options.tap_a[3];
  for (int halvings = 0; halvings <= 3; ++halvings) {
    if (height == options.tap_b[2] && width == options.tap_b[3]) return halvings;
    height = Half(height);
    width = Half(width);
  }
  Refuse(options, "expected the first to be of the second's size after 0 to 3 halvings");
}

// The strides of feature_b's three pairs.
std::array<std::int64_t, 3> PairStrides(const EstimatorOptions& options) {
  std::array<std::int64_t, 3> strides{1, 1, 1};
  std::int64_t height = options.tap_b[2], width = options.tap_b[3];
  for (std::int64_t& stride : strides) {
    if (std::min(height, width) <= kSmallestSide) break;
    stride = 2;
    height = Half(height);
    width = Half(width);
  }
  const auto fits = [](std::int64_t size) { return size == 3 || size == 4; };
  if (!fits(height) || !fits(width)) {
    Refuse(options, Text("the second ends at ", height, "x", width,
                         " after the blocks: expected 3 or 4 in height and width"));
  }
  return strides;
}

ValueId ConvBnRelu(LayerBuilder& layers, const std::string& name, ValueId x,
                   const ConvLayer& layer) {
  const ValueId y = layers.BatchNorm(name + "_BN", layers.Conv(name, x, layer));
  return layers.Relu(name + "_relu", y);
}

// From the concatenated features to the logits, which become the graph's output.
void AddClassifiers(LayerBuilder& layers, ValueId features, std::int64_t hidden,
                    std::int64_t classifiers) {
  if (hidden > 0) {
    // The parts differ in scale by orders of magnitude (pooled features, logits, probabilities).
    features = layers.BatchNorm("pred/features_BN", features);
    features = layers.Dense("pred/hidden", features, hidden, /*relu=*/true);
  }
  layers.graph().Output(layers.Dense("logits", features, classifiers));
}

// Made once, read by the confidence and by the agreement.
ValueId TargetSoftmax(LayerBuilder& layers, ValueId logits) {
  constexpr const char* kName = "target/softmax";
  if (const std::optional<ValueId> made = layers.graph().Find(kName)) return *made;
  return layers.graph().Add(kName, SoftmaxAttrs{.axis = 1}, {logits});
}

// T's confidence, in operators that every backend has: a maximum over a vector is a pooling.
ValueId WithConfidence(LayerBuilder& layers, ValueId logits) {
  GraphBuilder& graph = layers.graph();
  const std::int64_t outputs = layers.shape(logits)[1];
  PoolAttrs maximum;
  maximum.kind = PoolKind::kMax;
  maximum.kernel = {1, outputs};
  const auto as_image = [&](const std::string& name, ValueId x) {
    return graph.Add(name, ReshapeAttrs{.shape = {0, 1, 1, outputs}}, {x});
  };
  const auto max_of = [&](const std::string& name, ValueId x) {
    const ValueId pooled = graph.Add(name + "/pool", maximum, {as_image(name + "/image", x)});
    return graph.Add(name, FlattenAttrs{.axis = 1}, {pooled});
  };
  const ValueId softmax = TargetSoftmax(layers, logits);
  const ValueId squares =
      graph.Add("target/squares", BinaryAttrs{.kind = BinaryKind::kMul}, {softmax, softmax});
  const ValueId mean_square =
      layers.AverageToVector("target/mean_square", as_image("target/squares_image", squares));
  return layers.Concat("target/features", {logits, softmax, max_of("target/max_softmax", softmax),
                                           max_of("target/max_logit", logits), mean_square});
}

}  // namespace

Graph BuildEstimator(const EstimatorOptions& options) {
  const int halvings = HalvingsOf(options);
  const std::array<std::int64_t, 3> pair_strides = PairStrides(options);
  const auto stride = [&](int place) -> std::int64_t { return place < halvings ? 2 : 1; };
  const auto channels = [&](std::int64_t n) { return ScaledChannels(n, options.width); };

  LayerBuilder layers(options.seed, kEpsilon);
  ValueId a = layers.Input("feature_a", options.tap_a);
  const ValueId tap_b = layers.Input("feature_b", options.tap_b);
  const ValueId target = layers.Input("target_output", Shape{1, options.target_outputs});
  a = ConvBnRelu(layers, "feature_a/stem", a,
                 {.filters = channels(64), .kernel = 7, .stride = stride(0)});
  a = layers.ResidualBlock("feature_a/block1", a, channels(64), stride(1));
  a = layers.ResidualBlock("feature_a/block2", a, channels(64), stride(2));

  ValueId b = layers.Concat("feature_b/concat", {a, tap_b});
  b = ConvBnRelu(layers, "feature_b/stem", b, {.filters = channels(256)});
  constexpr std::array<std::int64_t, 3> kPairs = {256, 512, 512};
  for (std::size_t pair = 0; pair < kPairs.size(); ++pair) {
    const std::string name = "feature_b/block" + std::to_string(2 * pair + 1);
    b = layers.ResidualBlock(name, b, channels(kPairs[pair]), pair_strides[pair]);
    b = layers.ResidualBlock("feature_b/block" + std::to_string(2 * pair + 2), b,
                             channels(kPairs[pair]), 1);
  }
  b = ConvBnRelu(layers, "pred/conv", b, {.filters = channels(128), .padding = Padding::kNone});
  b = layers.AverageToVector("pred/average", b);
  const ValueId auxiliary = options.auxiliary_outputs > 0
                                ? layers.Dense("auxiliary", b, options.auxiliary_outputs)
                                : ValueId{-1};
  b = layers.Concat("pred/concat", {b, target});
  AddClassifiers(layers, b, options.hidden, 1 + options.causes);
  if (auxiliary >= 0) layers.graph().Output(auxiliary);
  return std::move(layers.graph()).Build();
}

Graph BuildCifarEstimator(const CifarEstimatorOptions& options) {
  if (options.tap.rank() != 4 || std::min(options.tap[2], options.tap[3]) < kSmallestSide) {
    throw Error(Fault::kModel, ErrorCode::kInvalidShape,
                Text("tap ", options.tap,
                     " makes no estimator: expected rank 4 and at least 4x4 in height and width"));
  }
  const auto channels = [&](std::int64_t n) { return ScaledChannels(n, options.width); };
  LayerBuilder layers(options.seed, kEpsilon);
  ValueId x = layers.Input("feature", options.tap);
  ValueId target = layers.Input("target_output", Shape{1, options.target_outputs});
  x = ConvBnRelu(layers, "stem", x, {.filters = channels(64)});
  constexpr std::array<std::int64_t, 3> kPairs = {64, 128, 256};
  for (std::size_t pair = 0; pair < kPairs.size(); ++pair) {
    const std::string name = "pair" + std::to_string(pair + 1);
    x = layers.ResidualBlock(name + "/block1", x, channels(kPairs[pair]), 2);
    x = layers.ResidualBlock(name + "/block2", x, channels(kPairs[pair]), 1);
  }
  x = layers.AverageToVector("pred/average", x);
  std::vector<ValueId> parts{x, target};
  if (options.confidence_features) parts[1] = WithConfidence(layers, target);
  ValueId auxiliary = -1;
  if (options.auxiliary_classes) {
    auxiliary = layers.Dense("auxiliary", x, options.target_outputs);
    const ValueId belief =
        layers.graph().Add("auxiliary/softmax", SoftmaxAttrs{.axis = 1}, {auxiliary});
    const ValueId agreement =
        layers.graph().Add("auxiliary/agreement", BinaryAttrs{.kind = BinaryKind::kMul},
                           {belief, TargetSoftmax(layers, target)});
    parts.insert(parts.end(), {belief, agreement});
  }
  AddClassifiers(layers, layers.Concat("pred/concat", parts), options.hidden, 1 + options.causes);
  if (auxiliary >= 0) layers.graph().Output(auxiliary);
  return std::move(layers.graph()).Build();
}

}  // namespace vigil
