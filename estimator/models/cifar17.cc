#include "estimator/models/cifar17.h"

#include "estimator/models/layers.h"

namespace vigil {
namespace {

std::string Numbered(const std::string& name, int index) {
  return index == 0 ? name : name + "_" + std::to_string(index);
}

}  // namespace

Graph BuildCifar17(std::uint64_t seed) {
  LayerBuilder layers(seed, 1e-3f);  // Keras' epsilon
  ValueId x = layers.Input("image", Shape{1, 3, 32, 32});
  int conv = 0;
  const auto conv_layer = [&](std::int64_t filters) {
    const std::string name = Numbered("conv2d", conv);
    const ConvLayer layer{
        .filters = filters, .kernel = 3, .padding = Padding::kSame, .bias_and_relu = true};
    x = layers.BatchNorm(Numbered("batch_normalization", conv), layers.Conv(name, x, layer));
    ++conv;
  };
  constexpr std::int64_t kFilters[] = {32, 64};
  constexpr float kDropout[] = {0.2f, 0.3f};
  for (int stage = 0; stage < 2; ++stage) {
    conv_layer(kFilters[stage]);
    conv_layer(kFilters[stage]);
    x = layers.MaxPool2(Numbered("max_pooling2d", stage), x);
    x = layers.Dropout(Numbered("dropout", stage), x, kDropout[stage]);
  }
  x = layers.graph().Add("flatten", FlattenAttrs{.axis = 1}, {x});
  x = layers.Dense("dense", x, 128, /*relu=*/true);
  x = layers.Dropout("dropout_2", layers.BatchNorm("batch_normalization_4", x), 0.4f);
  x = layers.Dense("dense_1", x, 10);
  layers.graph().Output(x);
  return std::move(layers.graph()).Build();
}

}  // namespace vigil
