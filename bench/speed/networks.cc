#include "bench/speed/networks.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "estimator/models/estimator.h"
#include "estimator/models/layers.h"
#include "estimator/models/mobilenet_v2.h"
#include "estimator/models/model_files.h"

namespace vigil::bench {
namespace {

// He et al., "Deep Residual Learning for Image Recognition", Table 1, 18 layers.
Graph BuildResNet18() {
  LayerBuilder layers(1, 1e-5f);
  ValueId x = layers.Input("image", Shape{1, 3, 224, 224});
  x = layers.Conv("conv1", x, {.filters = 64, .kernel = 7, .stride = 2});
  x = layers.Relu("relu1", layers.BatchNorm("bn1", x));
  x = layers.graph().Add("pool1",
                         PoolAttrs{.kind = PoolKind::kMax,
                                   .kernel = {3, 3},
                                   .strides = {2, 2},
                                   .pads = {1, 1, 1, 1},
                                   .dilations = {1, 1}},
                         {x});
  std::int64_t channels = 64;
  for (int stage = 0; stage < 4; ++stage, channels *= 2) {
    for (int block = 0; block < 2; ++block) {
      const std::int64_t stride = stage > 0 && block == 0 ? 2 : 1;
      x = layers.ResidualBlock(Text("block", stage + 1, block + 1), x, channels, stride);
    }
  }
  layers.graph().Output(layers.Dense("classes", layers.AverageToVector("average", x), 1000));
  return std::move(layers.graph()).Build();
}

}  // namespace

const std::vector<std::string>& NetworkNames() {
  static const std::vector<std::string> names{
      "mobilenet_v2_224", "resnet18_224",         "directness_target", "cifar10_target",
      "estimator_full",   "directness_estimator", "cifar10_estimator"};
  return names;
}

Graph NetworkOf(const std::string& name) {
  if (std::ranges::find(NetworkNames(), name) == NetworkNames().end()) {
    std::string known;
    for (const std::string& one : NetworkNames()) known += Text(known.empty() ? "" : ", ", one);
    throw Error(Fault::kApi, ErrorCode::kNotFound,
                Text("network '", name, "': expected one of ", known));
  }
  if (name == "mobilenet_v2_224") return BuildMobileNetV2({});
  if (name == "resnet18_224") return BuildResNet18();
  if (name == "estimator_full") return BuildEstimator({});
  return LoadOnnx(FindModel(name));
}

}  // namespace vigil::bench
