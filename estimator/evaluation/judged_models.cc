#include "estimator/evaluation/judged_models.h"

#include <utility>

#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "estimator/data/model_input.h"
#include "estimator/models/model_files.h"
#include "estimator/taps/pooled_tap.h"

namespace vigil {

AugmentOptions AugmentFor(const JudgedModels& models, const AugmentMix& mix,
                          const std::string& severity, std::uint64_t seed) {
  AugmentOptions augment;
  augment.task = models.task;
  augment.mix = mix;
  augment.severity = SeverityFor(models.task, severity);
  augment.side = models.side;
  augment.seed = seed;
  return augment;
}

JudgedModels LoadJudgedModels(const std::string& task_name,
                              const std::filesystem::path& target_file,
                              const std::filesystem::path& estimator_file) {
  const auto target_path = target_file.empty() ? FindModel(task_name + "_target") : target_file;
  const auto estimator_path =
      estimator_file.empty() ? FindModel(task_name + "_estimator") : estimator_file;
  const Graph target = LoadOnnx(target_path);
  const Graph estimator = LoadOnnx(estimator_path);
  EstimatorMetadata metadata = ReadEstimatorMetadata(estimator);
  if (metadata.task != task_name) {
    throw Error(Fault::kModel, ErrorCode::kInvalidValue,
                Text("estimator '", estimator_path.string(), "' is of task ", metadata.task,
                     ": expected ", task_name));
  }
  Task task = TaskFromName(metadata.task);
  const Shape output = target.value(target.outputs()[0]).desc.shape;
  const Shape input = target.value(target.inputs()[0]).desc.shape;
  if (output.rank() != 2 || output[1] != task.outputs || input.rank() != 4 || input[1] != 3 ||
      input[2] != input[3]) {
    throw Error(Fault::kModel, ErrorCode::kInvalidShape,
                Text("target '", target_path.string(), "' maps ", input, " to ", output, ": task ",
                     task.name, " expects 1x3xSxS to 1x", task.outputs));
  }
  Graph tapped = TappedTarget(target, metadata.taps);
  const Normalisation normalisation = NormalisationOf(target);
  const int side = static_cast<int>(input[2]);
  return {target_path,         estimator_path,  std::move(tapped), estimator,
          std::move(metadata), std::move(task), normalisation,     side};
}

}  // namespace vigil
