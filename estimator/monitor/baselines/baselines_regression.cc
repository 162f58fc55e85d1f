#include <cmath>
#include <memory>
#include <utility>

#include "estimator/monitor/baselines/baselines.h"
#include "estimator/monitor/baselines/baselines_output.h"
#include "estimator/monitor/regression.h"

namespace vigil {
namespace {

constexpr double kPenalty = 1e-4;        // of the logistic regression: keeps separable data finite
constexpr double kRidge = 3e-3;          // of standardised columns, a sample
constexpr std::size_t kUnits = 256;      // of the hidden layer
constexpr std::uint64_t kUnitSeed = 17;  // of its weights

// The handful of numbers that say how sure T is.
std::vector<double> ScoresOf(const Task& task, std::span<const float> output) {
  if (task.kind == Task::Kind::kDirectness) {
    return {DistanceToDirectness(output, task.rule), std::abs(output[0]), std::abs(output[1]),
            std::abs(output[2])};
  }
  return {MaximumSoftmax(output), SoftmaxMargin(output), NegativeEntropy(output),
          NegativeEnergy(output)};
}

std::vector<double> AllOf(const Task& task, const BaselineInput& input) {
  std::vector<double> all = ScoresOf(task, input.output);
  all.insert(all.end(), input.output.begin(), input.output.end());
  all.insert(all.end(), input.features.begin(), input.features.end());
  return all;
}

}  // namespace

Baseline FitLogisticBaseline(const Task& task, std::span<const BaselineSample> calibration) {
  Rows rows;
  std::vector<double> targets;
  for (const BaselineSample& sample : calibration) {
    rows.Add(ScoresOf(task, sample.input.output));
    targets.push_back(sample.correct ? 1.0 : 0.0);
  }
  const Standardiser standard(rows);
  Rows scaled;
  for (std::size_t n = 0; n < rows.size(); ++n) scaled.Add(standard.Apply(rows.row(n)));
  const LinearModel model = FitLogistic(scaled, targets, kPenalty);
  return {"logistic regression",
          task.kind == Task::Kind::kDirectness
              ? "on distance to the threshold and pose, fitted on calibration"
              : "on maximum, margin, entropy and energy, fitted on calibration",
          [task, standard, model](const BaselineInput& in) {
            return model.Predict(standard.Apply(ScoresOf(task, in.output)));
          }};
}

Baseline FitConfidenceRegression(const Task& task, std::span<const BaselineSample> calibration) {
  const bool directness = task.kind == Task::Kind::kDirectness;
  Rows rows;
  std::vector<double> targets;
  for (const BaselineSample& sample : calibration) {
    rows.Add(AllOf(task, sample.input));
    targets.push_back(directness
                          ? (sample.correct ? 1.0 : 0.0)
                          : Softmax(sample.input.output)[static_cast<std::size_t>(sample.truth)]);
  }
  const auto standard = std::make_shared<Standardiser>(rows);
  const auto units = std::make_shared<RandomUnits>(rows.columns, kUnits, kUnitSeed);
  Rows expanded;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    expanded.Add(units->Expand(standard->Apply(rows.row(n))));
  }
  const auto model = std::make_shared<LinearModel>(FitRidge(expanded, targets, kRidge));
  return {"ConfidNet-style regression",
          directness ? "Corbiere et al. 2019, of whether T is right, fitted on calibration"
                     : "Corbiere et al. 2019, of the true class's probability, on calibration",
          [task, standard, units, model](const BaselineInput& in) {
            return model->Predict(units->Expand(standard->Apply(AllOf(task, in))));
          }};
}

}  // namespace vigil
