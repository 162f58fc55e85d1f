#include "bench/tapped_targets.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "estimator/models/mobilenet_v2.h"
#include "estimator/models/model_files.h"
#include "estimator/taps/pooled_tap.h"
#include "estimator/verdict/estimator_metadata.h"

namespace vigil::bench {

const std::vector<std::string>& TargetNames() {
  static const std::vector<std::string> names{"mobilenet_v2_224", "directness", "cifar10"};
  return names;
}

Graph TappedTargetOf(const std::string& name) {
  if (name == "mobilenet_v2_224") {
    const std::vector<std::string> taps{std::string(kMobileNetTap17), std::string(kMobileNetTap57)};
    return TappedTarget(BuildMobileNetV2({}), taps);
  }
  if (std::ranges::find(TargetNames(), name) == TargetNames().end()) {
    std::string known;
    for (const std::string& one : TargetNames()) known += Text(known.empty() ? "" : ", ", one);
    throw Error(Fault::kApi, ErrorCode::kNotFound,
                Text("target '", name, "': expected one of ", known));
  }
  const Graph estimator = LoadOnnx(FindModel(name + "_estimator"));
  return TappedTarget(LoadOnnx(FindModel(name + "_target")), ReadEstimatorMetadata(estimator).taps);
}

}  // namespace vigil::bench
