#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
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

// Every score of the monitor on a set, metric by metric.
std::vector<std::vector<double>> Scores(const Graph& tapped, const Normalisation& normalisation,
                                        const Graph& monitor, const Dataset& data) {
  constexpr std::int64_t kBatch = 16;
  const std::shared_ptr<Backend> backend = MakeCpuBackend();
  TargetRunner target(tapped, backend, kTapEncoding, kBatch);
  OutlierNetwork network(Session(monitor, backend, {.batch = kBatch}), kBatch);
  const OutlierScorer scorer(ReadOutlierMetadata(monitor));
  const std::vector<OutlierMetric> metrics = MetricsOf(scorer.metadata().kind);
  std::vector<std::vector<double>> scores(metrics.size());
  ForEachTappedBatch(data, target, normalisation, [&](const TappedBatch& batch) {
    network.Run(batch.views);
    for (std::size_t row = 0; row < batch.samples.size(); ++row) {
      for (std::size_t m = 0; m < metrics.size(); ++m)
        scores[m].push_back(scorer.Score(metrics[m], network.Row(static_cast<std::int64_t>(row))));
    }
  });
  return scores;
}

double AurocOf(const std::vector<double>& known, const std::vector<double>& touched) {
  std::vector<Ranked> ranked;
  for (const double score : known) ranked.push_back({.score = -score, .correct = true});
  for (const double score : touched) ranked.push_back({.score = -score, .correct = false});
  return Auroc(ranked);
}

}  // namespace

void TrainMonitorModel(const TrainArguments& arguments) {
  const Task& task = arguments.recipe.task;
  const AutoencoderKind kind = AutoencoderKindFromName(arguments.kind);
  const OutlierMetric metric =
      arguments.metric.empty() ? DefaultMetric(kind) : OutlierMetricFromName(arguments.metric);
  if (std::ranges::count(MetricsOf(kind), metric) == 0) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text("metric '", arguments.metric, "' is none of ", arguments.kind, "'s"));
  }
  const Graph target = LoadOnnx(arguments.target);
  auto looking = std::make_unique<Progress>("looking at T's images");
  TrainedModel model = TrainMonitor(
      arguments.recipe, kind, target, PrintTraining(), [&](std::int64_t done, std::int64_t all) {
        looking->Update(static_cast<double>(done) / static_cast<double>(all),
                        Text(done, " of ", all));
        if (done == all) looking.reset();
      });

  // Measured as it ships, weights rounded to half; three quarters of the images say what is known,
  // the rest give the card's figures.
  SaveOnnx(model.graph, arguments.output, {.half_weights = true});
  const Graph saved = LoadOnnx(arguments.output);
  const Graph tapped = TappedTarget(target, model.taps);
  const Normalisation normalisation = NormalisationOf(target);
  const int side = static_cast<int>(target.value(target.inputs()[0]).desc.shape[2]);
  const bool cifar = arguments.task == "cifar10";
  const std::int64_t images = arguments.calibration_images > 0 ? arguments.calibration_images
                              : cifar                          ? 10000
                                                               : 4000;
  std::shared_ptr<const Dataset> data =
      cifar ? OpenCifar10(arguments.root, {5}) : OpenRenderedHeads(kHeadsCalibration, images);
  const std::int64_t used = std::min(images, data->size()), known = used * 3 / 4;
  const auto known_crops = Crops(Slice(data, 0, known), task, side, AugmentMix::Clean());
  const auto other = Slice(data, known, used - known);
  OutlierMetadata metadata{.task = task.name, .kind = kind, .taps = model.taps};
  metadata.known = Text(data->name(), ", untouched");
  Progress progress("measuring what is known");
  metadata = FitMonitor(tapped, normalisation, task, saved, metadata, metric, *known_crops,
                        MakeCpuBackend(), [&](std::int64_t done) {
                          progress.Update(static_cast<double>(done) / static_cast<double>(known),
                                          Text(done, " of ", known));
                        });
  const Graph monitor = WriteOutlierMetadata(saved, metadata);
  SaveOnnx(monitor, arguments.output, {.half_weights = true});

  AugmentMix touched = AugmentMix::OneCause();
  touched.untouched = 0.0;
  const auto familiar =
      Scores(tapped, normalisation, monitor, *Crops(other, task, side, AugmentMix::Clean()));
  const auto strange = Scores(tapped, normalisation, monitor, *Crops(other, task, side, touched));
  const std::string conditions =
      Text(data->name(), ", ", used - known,
           " images that nothing was fitted on, untouched "
           "against each with one cause, severity paper; cpu, fp32, weights stored as fp16, taps "
           "int8");
  const std::vector<OutlierMetric> metrics = MetricsOf(kind);
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    model.card.figures.push_back(
        {Text("AUROC of ", OutlierMetricName(metrics[m]), metrics[m] == metric ? " (chosen)" : ""),
         AurocOf(familiar[m], strange[m]), "", conditions});
  }
  model.card.name = std::filesystem::path(arguments.output).stem().string();
  model.card.command = CommandForCard("monitor", arguments);
  SaveCard(model.card, arguments.output);
  WriteCurves(model, arguments.output);
  for (const Figure& figure : model.card.figures)
    std::printf("%-40s %8.3f %s\n", figure.name.c_str(), figure.value, figure.unit.c_str());
  std::printf("wrote %s\n", arguments.output.c_str());
}

}  // namespace vigil
