#include "estimator/models/autoencoder.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/text.h"
#include "estimator/models/layers.h"

namespace vigil {
namespace {

constexpr std::int64_t kLargestSide = 8;  // of the view
constexpr std::int64_t kNarrowChannels = 32;
constexpr float kEpsilon = 1e-5f;
constexpr std::array<std::pair<AutoencoderKind, std::string_view>, 3> kNames = {
    {{AutoencoderKind::kPlain, "ae"},
     {AutoencoderKind::kVariational, "vae"},
     {AutoencoderKind::kJoint, "joint"}}};

std::int64_t CeilDiv(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// The window that brings a tap down, a power of two, so that taps of a network that halves meet.
std::int64_t WindowOf(const Shape& tap) {
  std::int64_t window = 1;
  while (CeilDiv(std::max(tap[2], tap[3]), window) > kLargestSide) window *= 2;
  return window;
}

void CheckTaps(const std::vector<Shape>& taps) {
  bool fit = !taps.empty();
  std::string names;
  for (const Shape& tap : taps) {
    names += Text(names.empty() ? "" : ", ", tap);
    fit = fit && tap.rank() == 4;
  }
  for (const Shape& tap : taps) {
    for (const int axis : {2, 3}) {
      fit = fit && CeilDiv(tap[axis], WindowOf(tap)) ==
                       CeilDiv(taps.front()[axis], WindowOf(taps.front()));
    }
  }
  if (fit) return;
  throw Error(Fault::kModel, ErrorCode::kInvalidShape,
              Text("taps [", names, "] make no view: expected one or more of rank 4 that end at ",
                   "one size after halving to ", kLargestSide, "x", kLargestSide, " or less"));
}

ValueId Binary(LayerBuilder& layers, const std::string& name, BinaryKind kind, ValueId a,
               ValueId b) {
  return layers.graph().Add(name, BinaryAttrs{.kind = kind}, {a, b});
}

ValueId Unary(LayerBuilder& layers, const std::string& name, UnaryKind kind, ValueId x) {
  return layers.graph().Add(name, UnaryAttrs{.kind = kind}, {x});
}

// Means, and deviations where a window has several places.
void AddTapView(LayerBuilder& layers, const std::string& name, ValueId tap,
                std::vector<ValueId>& parts) {
  const std::int64_t window = WindowOf(layers.shape(tap));
  if (window == 1) {
    parts.push_back(tap);
    return;
  }
  PoolAttrs pool;
  pool.kind = PoolKind::kAverage;
  pool.kernel = pool.strides = {window, window};
  pool.ceil_mode = true;
  const ValueId mean = layers.graph().Add(name + "/mean", pool, {tap});
  const ValueId square = Binary(layers, name + "/square", BinaryKind::kMul, tap, tap);
  const ValueId mean_square = layers.graph().Add(name + "/mean_square", pool, {square});
  const ValueId squared_mean = Binary(layers, name + "/squared_mean", BinaryKind::kMul, mean, mean);
  const ValueId variance =
      Binary(layers, name + "/difference", BinaryKind::kSub, mean_square, squared_mean);
  // Rounding may leave it a little below zero.
  const ValueId positive = Unary(layers, name + "/variance", UnaryKind::kRelu, variance);
  parts.push_back(mean);
  parts.push_back(Unary(layers, name + "/deviation", UnaryKind::kSqrt, positive));
}

ValueId AddView(LayerBuilder& layers, const std::vector<Shape>& taps) {
  CheckTaps(taps);
  std::vector<ValueId> parts;
  for (std::size_t i = 0; i < taps.size(); ++i) {
    const std::string name = "feature_" + std::to_string(i);
    AddTapView(layers, name, layers.Input(name, taps[i]), parts);
  }
  return layers.graph().Add("view/raw", ConcatAttrs{.axis = 1}, std::move(parts));
}

ValueId ChannelConstant(LayerBuilder& layers, const std::string& name,
                        const std::vector<float>& values) {
  Tensor tensor(
      TensorDesc{DType::kFloat32, Shape{1, static_cast<std::int64_t>(values.size()), 1, 1}});
  std::ranges::copy(values, tensor.as<float>().begin());
  return layers.graph().Constant(name, std::move(tensor));
}

ValueId AddNormalised(LayerBuilder& layers, ValueId raw, const ViewNormalisation& normalisation) {
  const auto channels = static_cast<std::size_t>(layers.shape(raw)[1]);
  VIGIL_CHECK(normalisation.mean.size() == channels && normalisation.deviation.size() == channels);
  std::vector<float> scale;
  for (const float deviation : normalisation.deviation) scale.push_back(1.0f / deviation);
  const ValueId centred = Binary(layers, "view/centred", BinaryKind::kSub, raw,
                                 ChannelConstant(layers, "view/channel_mean", normalisation.mean));
  return Binary(layers, "view", BinaryKind::kMul, centred,
                ChannelConstant(layers, "view/channel_scale", scale));
}

// The network between the view and its reconstruction, the same in training and in use.
class Body {
 public:
  Body(LayerBuilder& layers, const AutoencoderOptions& options, ValueId view)
      : layers_(layers), options_(options), view_(layers.shape(view)) {
    ValueId x = layers.Relu("encoder/mix",
                            layers.Conv("encoder/mix/conv", view,
                                        {.filters = options.channels, .kernel = 1, .bias = true}));
    x = layers.Relu(
        "encoder/halve",
        layers.Conv("encoder/halve/conv", x,
                    {.filters = kNarrowChannels, .kernel = 3, .stride = 2, .bias = true}));
    encoded_ = layers.shape(x);
    flat_ = layers.graph().Add("encoder/flat", FlattenAttrs{.axis = 1}, {x});
  }

  ValueId Latent() { return layers_.Dense("latent", flat_, options_.latent); }
  ValueId LogVariance() { return layers_.Dense("log_variance", flat_, options_.latent); }
  ValueId Classes(ValueId latent) { return layers_.Dense("classes", latent, options_.classes); }

  ValueId Decode(ValueId latent) {
    const std::int64_t width = encoded_[1] * encoded_[2] * encoded_[3];
    ValueId x = layers_.Dense("decoder/flat", latent, width, /*relu=*/true);
    x = layers_.graph().Add("decoder/map",
                            ReshapeAttrs{.shape = {0, encoded_[1], encoded_[2], encoded_[3]}}, {x});
    x = layers_.Relu("decoder/double", layers_.Upsample2("decoder/double/conv", x,
                                                         options_.channels, view_[2], view_[3]));
    return layers_.Conv("reconstruction", x, {.filters = view_[1], .kernel = 1, .bias = true});
  }

 private:
  LayerBuilder& layers_;
  const AutoencoderOptions& options_;
  Shape view_, encoded_;
  ValueId flat_ = -1;
};

// z = mean + exp(log variance / 2) * noise.
ValueId Draw(LayerBuilder& layers, ValueId mean, ValueId log_variance, ValueId noise) {
  const ValueId half = layers.graph().Constant("latent/half", Tensor(Shape{1}, std::array{0.5f}));
  const ValueId halved = Binary(layers, "latent/halved", BinaryKind::kMul, log_variance, half);
  const ValueId deviation = Unary(layers, "latent/deviation", UnaryKind::kExp, halved);
  const ValueId moved = Binary(layers, "latent/moved", BinaryKind::kMul, deviation, noise);
  return Binary(layers, "latent/drawn", BinaryKind::kAdd, mean, moved);
}

// The graph with the constants that `trained` has under the same names.
Graph WithConstantsOf(const Graph& graph, const Graph& trained) {
  std::map<ValueId, std::shared_ptr<const Tensor>> constants;
  for (std::size_t i = 0; i < graph.values().size(); ++i) {
    const Value& value = graph.values()[i];
    if (!value.constant) continue;
    if (const std::optional<ValueId> id = trained.Find(value.name))
      constants[static_cast<ValueId>(i)] = trained.value(*id).constant;
  }
  return graph.WithConstants(constants);
}

}  // namespace

std::string_view AutoencoderKindName(AutoencoderKind kind) {
  return std::ranges::find(kNames, kind, &decltype(kNames)::value_type::first)->second;
}

AutoencoderKind AutoencoderKindFromName(std::string_view name) {
  for (const auto& [kind, known] : kNames) {
    if (known == name) return kind;
  }
  throw Error(Fault::kApi, ErrorCode::kNotFound,
              Text("autoencoder '", name, "': expected ae, vae or joint"));
}

Graph BuildView(const std::vector<Shape>& taps) {
  LayerBuilder layers(1, kEpsilon);
  layers.graph().Output(AddView(layers, taps));
  return std::move(layers.graph()).Build();
}

Graph BuildAutoencoderForTraining(const AutoencoderOptions& options) {
  const Graph view_graph = BuildView(options.taps);
  const Shape view_shape = view_graph.value(view_graph.outputs()[0]).desc.shape;
  LayerBuilder layers(options.seed, kEpsilon);
  const ValueId view = layers.Input("view", view_shape);
  Body body(layers, options, view);
  const ValueId latent = body.Latent();
  ValueId drawn = latent, second = -1;
  if (options.kind == AutoencoderKind::kVariational) {
    const ValueId noise = layers.Input("noise", Shape{1, options.latent});
    const ValueId log_variance = body.LogVariance();
    drawn = Draw(layers, latent, log_variance, noise);
    second = layers.graph().Add("moments", ConcatAttrs{.axis = 1}, {latent, log_variance});
  } else if (options.kind == AutoencoderKind::kJoint) {
    second = body.Classes(latent);
  }
  const ValueId residual =
      Binary(layers, "residual/map", BinaryKind::kSub, body.Decode(drawn), view);
  layers.graph().Output(layers.graph().Add("residual", FlattenAttrs{.axis = 1}, {residual}));
  if (second >= 0) layers.graph().Output(second);
  return std::move(layers.graph()).Build();
}

Graph BuildAutoencoder(const AutoencoderOptions& options, const ViewNormalisation& normalisation,
                       const Graph& trained) {
  LayerBuilder layers(options.seed, kEpsilon);
  const ValueId view = AddNormalised(layers, AddView(layers, options.taps), normalisation);
  Body body(layers, options, view);
  const ValueId latent = body.Latent();
  layers.graph().Output(latent);
  if (options.kind == AutoencoderKind::kVariational) layers.graph().Output(body.LogVariance());
  if (options.kind == AutoencoderKind::kJoint) {
    layers.graph().Output(body.Classes(latent));
  } else {
    layers.graph().Output(view);
    layers.graph().Output(body.Decode(latent));
  }
  return WithConstantsOf(std::move(layers.graph()).Build(), trained);
}

}  // namespace vigil
