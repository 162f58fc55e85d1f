#include <cmath>
#include <memory>
#include <utility>

#include "estimator/monitor/baselines/baselines_output.h"
#include "estimator/monitor/baselines/window_baselines.h"
#include "estimator/monitor/regression.h"

namespace vigil {
namespace {

using Score = std::function<double(const BaselineInput&)>;

std::vector<ScoredSample> Scored(std::span<const MixedSample> samples, const Score& score) {
  std::vector<ScoredSample> scored;
  for (const MixedSample& one : samples) {
    scored.push_back({score(one.sample.input), one.sample.correct, one.mix});
  }
  return scored;
}

// A probability from the distance to the threshold (Platt's scaling).
Score FitPlatt(const Task& task, std::span<const MixedSample> samples) {
  Rows rows;
  std::vector<double> targets;
  for (const MixedSample& one : samples) {
    rows.Add(std::vector{DistanceToDirectness(one.sample.input.output, task.rule)});
    targets.push_back(one.sample.correct ? 1.0 : 0.0);
  }
  const LinearModel model = FitLogistic(rows, targets, 1e-8);
  return [model, rule = task.rule](const BaselineInput& in) {
    const double odds = model.Predict(std::vector{DistanceToDirectness(in.output, rule)});
    return 1.0 / (1.0 + std::exp(-odds));
  };
}

// A window's estimator from one of its scores.
template <typename Estimator>
WindowBaseline OfScores(std::string name, std::string source, Score score, Estimator estimator) {
  return {std::move(name), std::move(source),
          [score = std::move(score),
           estimator = std::move(estimator)](std::span<const BaselineInput> window) {
            std::vector<double> scores;
            for (const BaselineInput& input : window) scores.push_back(score(input));
            return estimator(scores);
          }};
}

}  // namespace

std::vector<WindowBaseline> FitWindowBaselines(const Task& task,
                                               std::span<const MixedSample> calibration) {
  const bool directness = task.kind == Task::Kind::kDirectness;
  const Score confidence =
      directness ? FitPlatt(task, calibration)
                 : Score([](const BaselineInput& in) { return MaximumSoftmax(in.output); });
  const std::vector<ScoredSample> scored = Scored(calibration, confidence);
  std::vector<WindowBaseline> baselines;
  const auto add = [&](const char* name, const char* source, const Score& score, auto fitted) {
    baselines.push_back(
        OfScores(name, source, score, [fitted = std::move(fitted)](std::span<const double> scores) {
          return fitted.Estimate(scores);
        }));
  };
  baselines.push_back(OfScores("AC", "average confidence", confidence, AverageConfidence));
  add("ATC, maximum confidence", "Garg et al. 2022", confidence, ThresholdedConfidence(scored));
  if (!directness) {
    const Score entropy = [](const BaselineInput& in) { return NegativeEntropy(in.output); };
    add("ATC, negative entropy", "Garg et al. 2022", entropy,
        ThresholdedConfidence(Scored(calibration, entropy)));
  }
  using Slope = DifferenceOfConfidences::Slope;
  add("DoC", "Guillory et al. 2021", confidence, DifferenceOfConfidences(scored, Slope::kOne));
  add("DoC, regressed over mixes", "Guillory et al. 2021", confidence,
      DifferenceOfConfidences(scored, Slope::kRegressed));
  add("CBPE", "NannyML, isotonic", confidence, CalibratedConfidence(scored));
  // A regression of hundreds of weights is too sure of the samples that it was fitted on: every
  // other mix fits it, the others calibrate it.
  std::vector<BaselineSample> fitting;
  std::vector<MixedSample> calibrating;
  for (const MixedSample& one : calibration) {
    if (one.mix % 2 == 0) {
      fitting.push_back(one.sample);
    } else {
      calibrating.push_back(one);
    }
  }
  if (fitting.size() < 2 || calibrating.empty()) return baselines;
  const Score regression = FitConfidenceRegression(task, fitting).score;
  add("CBPE, ConfidNet-style regression", "NannyML on Corbiere et al. 2019", regression,
      CalibratedConfidence(Scored(calibrating, regression)));
  return baselines;
}

}  // namespace vigil
