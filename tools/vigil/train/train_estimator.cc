#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/text.h"
#include "engine/cpu/cpu_backend.h"
#include "engine/onnx/onnx.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/evaluation/calibrate.h"
#include "estimator/evaluation/comparison.h"
#include "estimator/taps/pooled_tap.h"
#include "estimator/verdict/estimator_metadata.h"
#include "tools/vigil/progress.h"
#include "tools/vigil/train/train_command.h"

namespace vigil {
namespace {

std::vector<Figure> FiguresOf(const Comparison& c, const std::string& conditions) {
  const auto percent = [&](std::string name, double share) {
    return Figure{std::move(name), share * 100.0, "%", conditions};
  };
  const auto ratio = [&](std::string name, double value) {
    return Figure{std::move(name), value, "", conditions};
  };
  std::vector<Figure> figures = {
      percent("T's accuracy", c.metrics.target_accuracy),
      percent("accuracy", c.metrics.accuracy),
      percent("balanced accuracy", c.metrics.balanced_accuracy),
      percent("TNR", c.metrics.tnr),
      percent("TPR", c.metrics.tpr),
      percent("TPR, strict", c.metrics.tpr_strict),
      ratio("AUROC", c.all.estimator),
      ratio(Text("AUROC of ", c.baseline), c.all.baseline),
      ratio("AUROC within augmented", c.augmented.estimator),
      ratio(Text("AUROC within augmented of ", c.baseline), c.augmented.baseline),
      ratio("AUROC within untouched", c.untouched.estimator),
      ratio(Text("AUROC within untouched of ", c.baseline), c.untouched.baseline),
      ratio("AUROC of the oracle that knows the operations", c.all.oracle),
  };
  for (const CauseMetrics& cause : c.metrics.causes) {
    figures.push_back(percent(Text("recall of ", CauseName(cause.cause)), cause.recall));
    figures.push_back(percent(Text("specificity of ", CauseName(cause.cause)), cause.specificity));
  }
  return figures;
}

}  // namespace

void TrainEstimatorModel(const TrainArguments& arguments) {
  const Task& task = arguments.recipe.task;
  const Graph target = LoadOnnx(arguments.target);
  TrainedModel model = TrainEstimator(arguments.recipe, target, PrintTraining());

  // Calibrated as it ships: weights rounded to half precision.
  EstimatorMetadata metadata{
      .task = task.name, .taps = model.taps, .causes = task.causes, .trained_on = model.trained_on};
  SaveOnnx(WriteEstimatorMetadata(model.graph, metadata), arguments.output, {.half_weights = true});
  const Graph saved = LoadOnnx(arguments.output);
  const int side = static_cast<int>(target.value(target.inputs()[0]).desc.shape[2]);
  const bool cifar = arguments.task == "cifar10";
  const std::int64_t images = arguments.calibration_images > 0 ? arguments.calibration_images
                              : cifar                          ? 10000
                                                               : 5000;
  const std::shared_ptr<const Dataset> data =
      cifar ? OpenCifar10(arguments.root, {5}) : OpenRenderedHeads(kHeadsCalibration, images);
  JudgedRunner runner(TappedTarget(target, model.taps), saved, MakeCpuBackend(), task, {},
                      kTapEncoding);
  const CalibrationPlan plan{.mixes = 25, .seed = 300 + arguments.recipe.seed};
  Progress progress("calibrating");
  const Calibrated calibrated = Calibrate(runner, data, task, side, plan, [&](int mix) {
    progress.Update(static_cast<double>(mix) / plan.mixes, Text("mix ", mix, " of ", plan.mixes));
  });

  metadata.gate = calibrated.gate;
  metadata.calibration = calibrated.calibration;
  SaveOnnx(WriteEstimatorMetadata(saved, metadata), arguments.output, {.half_weights = true});
  const Comparison comparison =
      Compare(calibrated.samples, calibrated.gate, task, FitOracle(calibrated.samples));
  model.card.name = std::filesystem::path(arguments.output).stem().string();
  model.card.command = CommandForCard("estimator", arguments);
  model.card.figures = FiguresOf(
      comparison,
      Text("calibration set: ", data->name(), ", ", calibrated.samples.size(), " images in ",
           plan.mixes,
           " random mixes; thresholds and the oracle were fitted on it too; cpu, fp32, taps int8"));
  SaveCard(model.card, arguments.output);
  WriteCurves(model, arguments.output);
  for (const Figure& figure : model.card.figures) {
    std::printf("%-70s %8.3f %s\n", figure.name.c_str(), figure.value, figure.unit.c_str());
  }
  std::printf("wrote %s\n", arguments.output.c_str());
}

}  // namespace vigil
