#include "estimator/monitor/baselines/baselines.h"

#include <memory>

#include "estimator/monitor/baselines/baselines_features.h"
#include "estimator/monitor/baselines/baselines_output.h"

namespace vigil {
namespace {

constexpr int kNeighbours = 50;

void AddOutputScores(const Task& task, std::span<const BaselineSample> calibration,
                     std::vector<Baseline>& baselines) {
  if (task.kind == Task::Kind::kDirectness) {
    baselines.push_back(
        {DefaultBaselineName(task), "T's own rule", [rule = task.rule](const BaselineInput& in) {
           return DistanceToDirectness(in.output, rule);
         }});
    return;
  }
  const auto add = [&](const char* name, const char* source,
                       double (*score)(std::span<const float>)) {
    baselines.push_back(
        {name, source, [score](const BaselineInput& in) { return score(in.output); }});
  };
  add(DefaultBaselineName(task), "Hendrycks and Gimpel 2017",
      [](std::span<const float> logits) { return MaximumSoftmax(logits); });
  add("entropy", "of the softmax", NegativeEntropy);
  add("margin", "of the two largest probabilities", SoftmaxMargin);
  add("energy", "Liu et al. 2020", NegativeEnergy);
  std::vector<LabelledLogits> labelled;
  for (const BaselineSample& sample : calibration) {
    labelled.push_back({sample.input.output, sample.truth});
  }
  const double temperature = FitTemperature(labelled);
  baselines.push_back(
      {"maximum softmax, temperature", "Guo et al. 2017, fitted on calibration",
       [temperature](const BaselineInput& in) { return MaximumSoftmax(in.output, temperature); }});
  add("DOCTOR alpha", "Granese et al. 2021", DoctorAlpha);
  add("DOCTOR beta", "Granese et al. 2021", DoctorBeta);
}

void AddFeatureScores(std::span<const BaselineSample> training, std::vector<Baseline>& baselines) {
  std::vector<LabelledFeatures> labelled;
  for (const BaselineSample& sample : training) {
    labelled.push_back({sample.input.features, sample.truth});
  }
  const auto gaussian = std::make_shared<Mahalanobis>(labelled);
  baselines.push_back(
      {"Mahalanobis", "Lee et al. 2018, pooled taps, fitted on T's training images",
       [gaussian](const BaselineInput& in) { return gaussian->Score(in.features); }});
  const auto neighbours = std::make_shared<NearestNeighbours>(labelled, kNeighbours);
  baselines.push_back(
      {"k nearest neighbours", "Sun et al. 2022, pooled taps, k = 50, T's training images",
       [neighbours](const BaselineInput& in) { return neighbours->Score(in.features); }});
}

}  // namespace

std::vector<Baseline> FitBaselines(const Task& task, std::span<const BaselineSample> training,
                                   std::span<const BaselineSample> calibration) {
  std::vector<Baseline> baselines = {
      {"always \"correct\"", "a constant", [](const BaselineInput&) { return 1.0; }},
      {"always \"failed\"", "a constant", [](const BaselineInput&) { return 0.0; }}};
  AddOutputScores(task, calibration, baselines);
  AddFeatureScores(training, baselines);
  baselines.push_back(FitLogisticBaseline(task, calibration));
  baselines.push_back(FitConfidenceRegression(task, calibration));
  return baselines;
}

}  // namespace vigil
