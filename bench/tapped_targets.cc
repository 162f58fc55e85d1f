#include "bench/tapped_targets.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "estimator/models/estimator.h"
#include "estimator/models/mobilenet_v2.h"
#include "estimator/models/model_files.h"
#include "estimator/taps/pooled_tap.h"
#include "estimator/verdict/estimator_metadata.h"

namespace vigil::bench {
namespace {

constexpr const char* kUntrained = "mobilenet_v2_224";

void CheckName(const std::string& name) {
  if (std::ranges::find(TargetNames(), name) != TargetNames().end()) return;
  std::string known;
  for (const std::string& one : TargetNames()) known += Text(known.empty() ? "" : ", ", one);
  throw Error(Fault::kApi, ErrorCode::kNotFound,
              Text("target '", name, "': expected one of ", known));
}

}  // namespace

const std::vector<std::string>& TargetNames() {
  static const std::vector<std::string> names{kUntrained, "directness", "cifar10"};
  return names;
}

Graph EstimatorOf(const std::string& name) {
  CheckName(name);
  if (name != kUntrained) return LoadOnnx(FindModel(name + "_estimator"));
  EstimatorMetadata metadata;
  metadata.task = "directness";
  metadata.taps = {std::string(kMobileNetTap17), std::string(kMobileNetTap57)};
  metadata.causes = DirectnessTask().causes;
  return WriteEstimatorMetadata(BuildEstimator({}), metadata);
}

Graph TappedTargetOf(const std::string& name) {
  const Graph estimator = EstimatorOf(name);
  const Graph target =
      name == kUntrained ? BuildMobileNetV2({}) : LoadOnnx(FindModel(name + "_target"));
  return TappedTarget(target, ReadEstimatorMetadata(estimator).taps);
}

}  // namespace vigil::bench
