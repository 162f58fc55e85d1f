#include "estimator/evaluation/monitor_runner.h"

#include <array>
#include <chrono>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/evaluation/judged_set.h"
#include "estimator/monitor/outliers/outlier_fit.h"

namespace vigil {

MonitorRunner::MonitorRunner(const JudgedModels& models, std::span<const Graph> monitors,
                             const std::shared_ptr<Backend>& backend)
    : models_(models),
      target_(models.target, backend, kEvaluationEncoding, kBatch),
      estimator_(models.estimator, backend,
                 {.batch = kBatch, .deadline = std::chrono::minutes(2)}) {
  for (const Graph& monitor : monitors) {
    scorers_.emplace_back(ReadOutlierMetadata(monitor));
    const OutlierMetadata& metadata = scorers_.back().metadata();
    if (metadata.task != models.task.name || metadata.taps != models.metadata.taps) {
      throw Error(Fault::kModel, ErrorCode::kInvalidValue,
                  Text("monitor '", AutoencoderKindName(metadata.kind), "' is of task ",
                       metadata.task, " and reads other taps than the estimator: expected task ",
                       models.task.name, " and the estimator's taps"));
    }
    networks_.emplace_back(
        Session(monitor, backend, {.batch = kBatch, .deadline = std::chrono::minutes(2)}), kBatch);
  }
}

std::vector<MonitoredSample> MonitorRunner::Run(const Dataset& data,
                                                const std::function<void(std::int64_t)>& on_batch) {
  const Graph& graph = estimator_.graph();
  Tensor logits(
      TensorDesc{DType::kFloat32, graph.value(graph.outputs()[0]).desc.shape.With(0, kBatch)});
  const std::size_t classifiers = 1 + models_.task.causes.size();
  std::vector<MonitoredSample> monitored;
  ForEachTappedBatch(data, target_, models_.normalisation, [&](const TappedBatch& batch) {
    std::vector<ConstTensorView> inputs(batch.views.begin(), batch.views.end());
    inputs.push_back(batch.output.view());
    estimator_.Run(inputs, std::array{logits.view()});
    for (OutlierNetwork& network : networks_) network.Run(batch.views);
    for (std::size_t row = 0; row < batch.samples.size(); ++row) {
      const Sample& sample = batch.samples[row];
      const std::span<const float> output = batch.OutputRow(row);
      MonitoredSample& result = monitored.emplace_back(MonitoredSample{
          .group = sample.group,
          .decision = models_.task.TrueDecision(sample.truth),
          .correct = models_.task.IsCorrect(output, sample.truth),
          .p_correct = FromLogits(logits.as<float>().subspan(row * classifiers, classifiers),
                                  models_.task.causes)
                           .correct,
          .output = {output.begin(), output.end()},
          .pooled = PooledTaps(batch, row),
          .scores = {}});
      for (std::size_t m = 0; m < networks_.size(); ++m) {
        const OutlierOutputs outputs = networks_[m].Row(static_cast<std::int64_t>(row));
        for (const OutlierMetric metric : MetricsOf(scorers_[m].metadata().kind))
          result.scores.push_back(scorers_[m].Score(metric, outputs));
      }
    }
    if (on_batch) on_batch(static_cast<std::int64_t>(monitored.size()));
  });
  return monitored;
}

namespace {

// One autoencoder over a set, record by record.
void ForEachRecord(OutlierNetwork& network, const TappedSet& set,
                   const std::function<void(const OutlierOutputs&, const Sample&)>& use) {
  set.ForEach([&](const TappedBatch& batch) {
    network.Run(batch.views);
    for (std::size_t row = 0; row < batch.samples.size(); ++row)
      use(network.Row(static_cast<std::int64_t>(row)), batch.samples[row]);
  });
}

OutlierNetwork NetworkFor(const Graph& monitor, const std::shared_ptr<Backend>& backend,
                          std::int64_t batch) {
  return OutlierNetwork(Session(monitor, backend, {.batch = batch}), batch);
}

}  // namespace

OutlierMetadata FitMonitor(const Graph& monitor, const OutlierMetadata& stub, OutlierMetric metric,
                           const Task& task, const TappedSet& known,
                           const std::shared_ptr<Backend>& backend) {
  OutlierNetwork network = NetworkFor(monitor, backend, known.batch());
  OutlierFit fit(stub);
  ForEachRecord(network, known, [&](const OutlierOutputs& outputs, const Sample& sample) {
    fit.Add(outputs, task.TrueDecision(sample.truth));
  });
  const auto view = monitor.Find("view");
  const bool decodes = stub.kind != AutoencoderKind::kJoint && view.has_value();
  fit.EndFirstRound(decodes ? static_cast<std::size_t>(monitor.value(*view).desc.shape[1]) : 0);
  ForEachRecord(network, known,
                [&](const OutlierOutputs& outputs, const Sample&) { fit.AddAgain(outputs); });
  return fit.Finish(metric);
}

std::vector<std::vector<double>> MonitorScores(const Graph& monitor, const TappedSet& set,
                                               const std::shared_ptr<Backend>& backend) {
  OutlierNetwork network = NetworkFor(monitor, backend, set.batch());
  const OutlierScorer scorer(ReadOutlierMetadata(monitor));
  const std::vector<OutlierMetric> metrics = MetricsOf(scorer.metadata().kind);
  std::vector<std::vector<double>> scores(metrics.size());
  ForEachRecord(network, set, [&](const OutlierOutputs& outputs, const Sample&) {
    for (std::size_t m = 0; m < metrics.size(); ++m)
      scores[m].push_back(scorer.Score(metrics[m], outputs));
  });
  return scores;
}

}  // namespace vigil
