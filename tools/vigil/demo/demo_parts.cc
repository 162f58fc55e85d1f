#include "tools/vigil/demo/demo_parts.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "engine/session/backends.h"
#include "estimator/data/model_input.h"
#include "estimator/evaluation/mixes.h"
#include "estimator/models/model_files.h"

namespace vigil {

DemoModels LoadDemoModels(const DemoOptions& options) {
  const std::string prefix = options.dataset == "cifar10" ? "cifar10" : "directness";
  const std::filesystem::path target_path = options.target.empty()
                                                ? FindModel(prefix + "_target")
                                                : std::filesystem::path(options.target);
  const std::filesystem::path estimator_path = options.estimator.empty()
                                                   ? FindModel(prefix + "_estimator")
                                                   : std::filesystem::path(options.estimator);
  const Graph target = LoadOnnx(target_path);
  const Graph estimator = LoadOnnx(estimator_path);
  EstimatorMetadata metadata = ReadEstimatorMetadata(estimator);
  Task task = TaskFromName(metadata.task);
  const Shape output = target.value(target.outputs()[0]).desc.shape;
  const Shape input = target.value(target.inputs()[0]).desc.shape;
  if (output.rank() != 2 || output[1] != task.outputs || input.rank() != 4 || input[1] != 3 ||
      input[2] != input[3]) {
    throw Error(Fault::kModel, ErrorCode::kInvalidShape,
                Text("target '", target_path.string(), "' maps ", input, " to ", output, ": task ",
                     task.name, " expects 1x3xSxS to 1x", task.outputs));
  }
  Graph tapped = target.WithTaps(metadata.taps);
  const Normalisation normalisation = NormalisationOf(target);
  return {target_path,         estimator_path,  std::move(tapped), estimator,
          std::move(metadata), std::move(task), normalisation};
}

ChosenBackend ChooseBackend(const std::string& name, int device) {
  ChosenBackend chosen;
  chosen.backend = OpenBackend(name, device);
  std::string gpu_reason = "no Vulkan device was found";
  for (const BackendOffer& offer : ListBackends()) {
    if (offer.backend == "vulkan" && !offer.is_gpu && !offer.reason.empty())
      gpu_reason = offer.reason;
    if (offer.available && offer.is_gpu && chosen.backend->name() == "vulkan" &&
        chosen.backend->device().find(offer.device) != std::string::npos) {
      chosen.is_gpu = true;
    }
  }
  if (name != "auto") {
    chosen.why = "as asked for";
  } else if (chosen.is_gpu) {
    chosen.why = "the best GPU found";
  } else {
    chosen.why = Text("no GPU: vulkan offers only: ", gpu_reason);
  }
  return chosen;
}

void CompareWithVulkan(const DemoModels& models, const DemoStream& stream, DemoResult& result) {
  std::shared_ptr<Backend> vulkan;
  try {
    vulkan = OpenBackend("vulkan");
  } catch (const Error& error) {
    result.no_agreement_reason = error.what();
    return;
  }
  if (result.backend == "vulkan") {
    result.no_agreement_reason = "the run itself was on vulkan";
    return;
  }
  constexpr std::int64_t kImages = 16;
  const auto sample = Slice(stream.data, 0, std::min(kImages, stream.data->size()));
  const auto run = [&](std::shared_ptr<Backend> backend) {
    JudgedRunner runner(models.target, models.estimator, std::move(backend), models.task,
                        models.normalisation, kDemoEncoding);
    return runner.Run(*sample);
  };
  std::vector<JudgedSample> here, there;
  try {
    here = run(OpenBackend(result.backend));
    there = run(vulkan);
  } catch (const Error& error) {  // the demo's own job is done; this was a check beside it
    result.no_agreement_reason = error.what();
    return;
  }
  Agreement agreement;
  agreement.device = vulkan->device();
  agreement.images = static_cast<std::int64_t>(here.size());
  const Gate& gate = models.metadata.gate;
  for (std::size_t i = 0; i < here.size(); ++i) {
    agreement.same_decisions +=
        models.task.Decide(here[i].output) == models.task.Decide(there[i].output);
    const Verdict a = ToVerdict(here[i], gate), b = ToVerdict(there[i], gate);
    agreement.same_verdicts += a.correct == b.correct && a.causes == b.causes;
    for (std::size_t k = 0; k < here[i].output.size(); ++k) {
      agreement.largest_output_difference = std::max<double>(
          agreement.largest_output_difference, std::abs(here[i].output[k] - there[i].output[k]));
    }
    agreement.largest_p_difference = std::max<double>(
        agreement.largest_p_difference, std::abs(here[i].p.correct - there[i].p.correct));
  }
  result.agreement = agreement;
}

}  // namespace vigil
