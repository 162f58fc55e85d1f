#include "tools/vigil/demo/demo_parts.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/text.h"
#include "engine/session/backends.h"
#include "estimator/data/views.h"
#include "estimator/evaluation/comparison.h"
#include "estimator/evaluation/evaluation_data.h"
#include "estimator/evaluation/judged_set.h"
#include "tools/vigil/progress.h"

namespace vigil {

JudgedModels LoadDemoModels(const DemoOptions& options) {
  return LoadJudgedModels(options.dataset == "cifar10" ? "cifar10" : "directness", options.target,
                          options.estimator);
}

EstimatorTable MakeDemoTable(const DemoOptions& options) {
  const JudgedModels models = LoadDemoModels(options);
  Progress progress("Table 6", options.json);
  return MakeEstimatorTable(models, ChooseBackend(options.backend, options.device).backend,
                            OpenCifarEvaluation(options.root, "", "", 0),
                            {.table = 6,
                             .baselines = false,
                             .windows = false,
                             .seed = options.seed,
                             .on_progress = [&](double share, const std::string& what) {
                               progress.Update(share, what);
                             }});
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

void CompareWithVulkan(const JudgedModels& models, const DemoStream& stream, DemoResult& result) {
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
  const auto run = [&](const std::shared_ptr<Backend>& backend) {
    JudgedRunner runner(models.target, models.estimator, backend, models.task, models.normalisation,
                        kEvaluationEncoding);
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
