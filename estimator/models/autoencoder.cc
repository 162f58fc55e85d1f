#include "estimator/models/autoencoder.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "engine/base/text.h"
#include "estimator/models/layers.h"

namespace vigil {
namespace {

constexpr std::int64_t kLargestSide = 2;    // of the view
constexpr std::int64_t kLargestGroup = 32;  // channels whose means and deviations are whitened
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

// Channels of a tap that are whitened together: the most that divide it.
std::int64_t GroupOf(const Shape& tap) {
  std::int64_t group = std::min<std::int64_t>(tap[1], kLargestGroup);
  while (tap[1] % group != 0) --group;
  return group;
}

// A tap's means, and deviations where a window has several places.
struct TapView {
  ValueId mean = -1, deviation = -1;
};

TapView AddTapView(LayerBuilder& layers, const std::string& name, ValueId tap) {
  const std::int64_t window = WindowOf(layers.shape(tap));
  if (window == 1) return {tap, -1};
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
  return {mean, Unary(layers, name + "/deviation", UnaryKind::kSqrt, positive)};
}

std::vector<TapView> AddTapViews(LayerBuilder& layers, const std::vector<Shape>& taps) {
  CheckTaps(taps);
  std::vector<TapView> views;
  for (std::size_t i = 0; i < taps.size(); ++i) {
    const std::string name = "feature_" + std::to_string(i);
    views.push_back(AddTapView(layers, name, layers.Input(name, taps[i])));
  }
  return views;
}

// Part of the whitening of one tap: `columns` of its groups' matrices from `first` on, as a
// convolution of so many groups.
ValueId AddWhiteningOf(LayerBuilder& layers, const std::string& name, ValueId x,
                       std::span<const std::vector<float>> matrices, std::size_t first,
                       std::size_t columns, const std::vector<float>& bias) {
  const auto groups = matrices.size();
  const std::size_t rows = bias.size() / groups;
  Tensor weights(TensorDesc{DType::kFloat32, Shape{static_cast<std::int64_t>(bias.size()),
                                                   static_cast<std::int64_t>(columns), 1, 1}});
  auto out = weights.as<float>().begin();
  for (const std::vector<float>& matrix : matrices) {
    VIGIL_CHECK(matrix.size() == rows * rows);
    for (std::size_t row = 0; row < rows; ++row)
      out = std::copy_n(matrix.begin() + static_cast<std::ptrdiff_t>(row * rows + first), columns,
                        out);
  }
  ConvAttrs attrs;
  attrs.groups = static_cast<std::int64_t>(groups);
  attrs.has_bias = true;
  const ValueId kernel = layers.graph().Constant(name + "/kernel", std::move(weights));
  const ValueId biases = layers.graph().Constant(
      name + "/bias", Tensor(Shape{static_cast<std::int64_t>(bias.size())}, bias));
  return layers.graph().Add(name, attrs, {x, kernel, biases});
}

ValueId AddWhitened(LayerBuilder& layers, const std::vector<Shape>& taps,
                    const ViewNormalisation& normalisation) {
  const std::vector<std::vector<std::int64_t>> groups = ViewGroups(taps);
  VIGIL_CHECK(normalisation.whitening.size() == groups.size());
  const std::vector<TapView> views = AddTapViews(layers, taps);
  std::vector<ValueId> parts;
  std::size_t place = 0;  // of the tap's first group
  for (std::size_t t = 0; t < taps.size(); ++t) {
    const auto columns = static_cast<std::size_t>(GroupOf(taps[t]));
    const std::size_t count = static_cast<std::size_t>(taps[t][1]) / columns;
    const std::span<const std::vector<float>> matrices =
        std::span(normalisation.whitening).subspan(place, count);
    std::vector<float> bias;  // what the means come to
    for (std::size_t g = place; g < place + count; ++g) {
      const std::vector<float>& matrix = normalisation.whitening[g];
      for (std::size_t row = 0; row < groups[g].size(); ++row) {
        double sum = 0.0;
        for (std::size_t i = 0; i < groups[g].size(); ++i)
          sum -= static_cast<double>(matrix[row * groups[g].size() + i]) *
                 normalisation.mean[static_cast<std::size_t>(groups[g][i])];
        bias.push_back(static_cast<float>(sum));
      }
    }
    const std::string name = Text("whiten_", t);
    ValueId part =
        AddWhiteningOf(layers, name + "/mean", views[t].mean, matrices, 0, columns, bias);
    if (views[t].deviation >= 0) {
      std::ranges::fill(bias, 0.0f);
      part = Binary(layers, name, BinaryKind::kAdd, part,
                    AddWhiteningOf(layers, name + "/deviation", views[t].deviation, matrices,
                                   columns, columns, bias));
    }
    parts.push_back(part);
    place += count;
  }
  return layers.Concat("view", std::move(parts));
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

std::vector<std::vector<std::int64_t>> ViewGroups(const std::vector<Shape>& taps) {
  CheckTaps(taps);
  std::vector<std::vector<std::int64_t>> groups;
  std::int64_t before = 0;  // channels of the raw view
  for (const Shape& tap : taps) {
    const std::int64_t size = GroupOf(tap), parts = WindowOf(tap) > 1 ? 2 : 1;
    for (std::int64_t first = 0; first < tap[1]; first += size) {
      std::vector<std::int64_t>& group = groups.emplace_back();
      for (std::int64_t part = 0; part < parts; ++part) {
        for (std::int64_t c = first; c < first + size; ++c)
          group.push_back(before + part * tap[1] + c);
      }
    }
    before += parts * tap[1];
  }
  return groups;
}

Graph BuildView(const std::vector<Shape>& taps) {
  LayerBuilder layers(1, kEpsilon);
  std::vector<ValueId> parts;
  for (const TapView& view : AddTapViews(layers, taps)) {
    parts.push_back(view.mean);
    if (view.deviation >= 0) parts.push_back(view.deviation);
  }
  layers.graph().Output(layers.Concat("view/raw", std::move(parts)));
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
    second = layers.Concat("moments", {latent, log_variance});
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
  const ValueId view = AddWhitened(layers, options.taps, normalisation);
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
