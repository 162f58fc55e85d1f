#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "engine/cpu/cpu_backend.h"
#include "engine/onnx/onnx.h"
#include "estimator/data/augment/augmented.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/data/heads/seeds.h"
#include "estimator/data/model_input.h"
#include "estimator/data/views.h"
#include "estimator/evaluation/monitor_runner.h"
#include "estimator/taps/pooled_tap.h"
#include "estimator/verdict/ranking.h"
#include "tools/vigil/progress.h"
#include "tools/vigil/train/train_command.h"

namespace vigil {
namespace {

std::shared_ptr<const Dataset> Crops(std::shared_ptr<const Dataset> base, const Task& task,
                                     int side, const AugmentMix& mix) {
  AugmentOptions augment;
  augment.task = task;
  augment.mix = mix;
  augment.severity = SeverityFor(task, "paper");
  augment.side = side;
  augment.seed = 311;
  return std::make_shared<AugmentedDataset>(std::move(base), augment);
}

// Throws Error (Api, kMisuse) for a metric that the kind has not.
OutlierMetric MetricOf(const TrainArguments& arguments, AutoencoderKind kind) {
  if (arguments.metric.empty()) return DefaultMetric(kind);
  const OutlierMetric metric = OutlierMetricFromName(arguments.metric);
  if (std::ranges::count(MetricsOf(kind), metric) == 0) {
    throw Error(
        Fault::kApi, ErrorCode::kMisuse,
        Text("metric '", arguments.metric, "' is none of ", AutoencoderKindName(kind), "'s"));
  }
  return metric;
}

double AurocOf(const std::vector<double>& known, const std::vector<double>& touched) {
  std::vector<Ranked> ranked;
  for (const double score : known) ranked.push_back({.score = -score, .correct = true});
  for (const double score : touched) ranked.push_back({.score = -score, .correct = false});
  return Auroc(ranked);
}

// Images that neither T nor a monitor has learned from, as T keeps them: three quarters say what is
// known, the rest give the card's figures.
struct Measured {
  std::string name;
  TargetRunner target;
  std::optional<TappedSet> known, familiar, strange;
};

void Measure(const TrainArguments& arguments, const Graph& target, Measured& measured) {
  const Task& task = arguments.recipe.task;
  const int side = static_cast<int>(target.value(target.inputs()[0]).desc.shape[2]);
  const bool cifar = arguments.task == "cifar10";
  const std::int64_t images = arguments.calibration_images > 0 ? arguments.calibration_images
                              : cifar                          ? 10000
                                                               : 2400;
  const std::shared_ptr<const Dataset> data =
      cifar ? OpenCifar10(arguments.root, {5}) : OpenRenderedHeads(kHeadsCalibration, images);
  const std::int64_t used = std::min(images, data->size()), known = used * 3 / 4;
  const auto rest = Slice(data, known, used - known);
  AugmentMix touched = AugmentMix::OneCause();
  touched.untouched = 0.0;
  measured.name = data->name();
  Progress progress("looking at others");
  const auto tap = [&](const std::shared_ptr<const Dataset>& base, const AugmentMix& mix,
                       const char* what) {
    return TappedSet(*Crops(base, task, side, mix), measured.target, NormalisationOf(target),
                     [&, size = base->size()](std::int64_t done) {
                       progress.Update(static_cast<double>(done) / static_cast<double>(size), what);
                     });
  };
  measured.known.emplace(tap(Slice(data, 0, known), AugmentMix::Clean(), "known"));
  measured.familiar.emplace(tap(rest, AugmentMix::Clean(), "untouched"));
  measured.strange.emplace(tap(rest, touched, "with a cause"));
}

// Measured as it ships, weights rounded to half.
void FinishMonitor(const TrainArguments& arguments, const std::string& output, AutoencoderKind kind,
                   TrainedModel model, const Measured& measured) {
  const OutlierMetric metric = MetricOf(arguments, kind);
  SaveOnnx(model.graph, output, {.half_weights = true});
  const Graph saved = LoadOnnx(output);
  OutlierMetadata metadata{.task = arguments.task, .kind = kind, .taps = model.taps};
  metadata.known = Text(measured.name, ", untouched");
  metadata =
      FitMonitor(saved, metadata, metric, arguments.recipe.task, *measured.known, MakeCpuBackend());
  const Graph monitor = WriteOutlierMetadata(saved, metadata);
  SaveOnnx(monitor, output, {.half_weights = true});

  const auto familiar = MonitorScores(monitor, *measured.familiar, MakeCpuBackend());
  const auto strange = MonitorScores(monitor, *measured.strange, MakeCpuBackend());
  const std::string conditions =
      Text(measured.name, ", ", measured.familiar->size(),
           " images that nothing was fitted on, untouched against each with one cause, severity "
           "paper; cpu, fp32, weights stored as fp16, taps int8");
  const std::vector<OutlierMetric> metrics = MetricsOf(kind);
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    model.card.figures.push_back(
        {Text("AUROC of ", OutlierMetricName(metrics[m]), metrics[m] == metric ? " (chosen)" : ""),
         AurocOf(familiar[m], strange[m]), "", conditions});
  }
  TrainArguments alone = arguments;
  alone.kinds = {std::string(AutoencoderKindName(kind))};
  model.card.name = std::filesystem::path(output).stem().string();
  model.card.command = CommandForCard("monitor", alone);
  SaveCard(model.card, output);
  WriteCurves(model, output);
  for (const Figure& figure : model.card.figures)
    std::printf("%-40s %8.3f %s\n", figure.name.c_str(), figure.value, figure.unit.c_str());
  std::printf("wrote %s\n", output.c_str());
}

}  // namespace

void TrainMonitorModel(const TrainArguments& arguments) {
  for (const std::string& kind : arguments.kinds)
    MetricOf(arguments, AutoencoderKindFromName(kind));
  const Graph target = LoadOnnx(arguments.target);
  auto looking = std::make_unique<Progress>("looking at T's images");
  const MonitorLesson lesson =
      MakeMonitorLesson(arguments.recipe, target, [&](std::int64_t done, std::int64_t all) {
        looking->Update(static_cast<double>(done) / static_cast<double>(all),
                        Text(done, " of ", all));
        if (done == all) looking.reset();
      });
  Measured measured{.name = "",
                    .target = TargetRunner(TappedTarget(target, lesson.taps), MakeCpuBackend(),
                                           kTapEncoding, 16)};
  Measure(arguments, target, measured);
  for (const std::string& name : arguments.kinds) {
    const AutoencoderKind kind = AutoencoderKindFromName(name);
    std::filesystem::path output = arguments.output;
    RecipeOptions recipe = arguments.recipe;
    if (arguments.kinds.size() > 1) {
      output.replace_filename(Text(output.stem().string(), "_", name, output.extension().string()));
      if (!recipe.checkpoint.empty()) recipe.checkpoint += Text(".", name);
    }
    FinishMonitor(arguments, output, kind, TrainMonitor(recipe, kind, lesson, PrintTraining()),
                  measured);
  }
}

}  // namespace vigil
