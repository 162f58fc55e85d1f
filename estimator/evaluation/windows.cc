#include "estimator/evaluation/windows.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "engine/base/error.h"
#include "estimator/data/random.h"
#include "estimator/data/views.h"
#include "estimator/evaluation/bootstrap.h"
#include "estimator/evaluation/comparison.h"
#include "estimator/evaluation/mixes.h"
#include "estimator/evaluation/perturbed.h"

namespace vigil {
namespace {

constexpr int kDraws = 1000;  // of the bootstrap over windows

// The window's part of the images, wrapping around where there are fewer than all windows want.
std::shared_ptr<const Dataset> PartOf(const std::shared_ptr<const Dataset>& base,
                                      std::int64_t images, int window) {
  const std::int64_t count = std::min(images, base->size());
  const std::int64_t parts = base->size() / count;
  return Slice(base, window % parts * count, count);
}

// |estimate - truth| of one method, window by window.
struct Errors {
  std::string name, source;
  std::vector<double> signed_errors;
};

WindowError Summarise(const Errors& errors, const ClusterBootstrap& bootstrap) {
  const std::vector<double>& all = errors.signed_errors;
  const auto count = static_cast<double>(all.size());
  double absolute = 0.0, bias = 0.0;
  for (const double error : all) {
    absolute += std::abs(error) / count;
    bias += error / count;
  }
  std::vector<double> drawn;
  for (int r = 0; r < bootstrap.draws(); ++r) {
    const std::vector<int> times = bootstrap.Times(r);
    double mean = 0.0;
    for (std::size_t i = 0; i < all.size(); ++i) mean += times[i] * std::abs(all[i]) / count;
    drawn.push_back(mean);
  }
  return {errors.name, errors.source, PercentileInterval(absolute, std::move(drawn)), bias};
}

}  // namespace

std::vector<WindowCondition> WindowConditions(const EvaluationData& data, const Task& task,
                                              int side, const WindowPlan& plan) {
  // One stream of mixes for all conditions: they differ in what is named, and in nothing else.
  int first = 0;
  const auto mix = [=](int window) { return DrawMix(task, side, plan.seed, window); };
  std::vector<WindowCondition> conditions;
  const auto add = [&](std::string name, bool calibrated, int windows, auto open) {
    conditions.push_back({std::move(name), calibrated, windows,
                          [open, first](int window) { return open(first + window); }});
    first += windows;
  };
  const auto base = data.windows;
  const std::int64_t images = plan.images;
  add("mixes as in calibration", true, plan.calibrated,
      [=](int window) -> std::shared_ptr<const Dataset> {
        return std::make_shared<AugmentedDataset>(PartOf(base, images, window), mix(window));
      });
  const auto severity = [&](const char* name, double low, double high) {
    add(name, false, plan.shifted, [=](int window) -> std::shared_ptr<const Dataset> {
      AugmentOptions options = mix(window);
      Random random({plan.seed, static_cast<std::uint64_t>(window), 4712});
      options.severity = BlendSeverity(SeverityFor(task, "moderate"), SeverityFor(task, "paper"),
                                       random.Uniform(low, high));
      return std::make_shared<AugmentedDataset>(PartOf(base, images, window), options);
    });
  };
  severity("severities beyond paper", 1.2, 1.6);
  severity("severities below moderate", -0.3, -0.1);
  for (const Perturbation perturbation :
       {Perturbation::kNoise, Perturbation::kBlocks, Perturbation::kColourCast}) {
    add(std::string("unseen: ") + PerturbationName(perturbation), false, plan.shifted,
        [=](int window) -> std::shared_ptr<const Dataset> {
          Random random({plan.seed, static_cast<std::uint64_t>(window), 4713});
          const double share = random.Uniform(0.3, 0.9);
          return std::make_shared<PerturbedDataset>(
              std::make_shared<AugmentedDataset>(PartOf(base, images, window), mix(window)),
              perturbation, share, random.Next());
        });
  }
  if (data.lossless) {
    add("original pixels", false, plan.shifted,
        [=, lossless = data.lossless](int window) -> std::shared_ptr<const Dataset> {
          return std::make_shared<AugmentedDataset>(PartOf(lossless, images, window), mix(window));
        });
  }
  return conditions;
}

WindowFigures JudgeWindows(JudgedRunner& runner, const WindowCondition& condition,
                           const EstimatorMetadata& metadata,
                           std::span<const WindowBaseline> baselines,
                           const std::function<void(int)>& on_window) {
  VIGIL_CHECK(metadata.calibration.has_value());
  WindowFigures figures{.condition = condition.name,
                        .calibrated = condition.calibrated,
                        .windows = condition.windows,
                        .least_accuracy = 1.0};
  std::vector<Errors> errors = {{"PE", "this work, calibrated, with an interval", {}},
                                {"PE, uncalibrated", "mean of PE's own p(correct)", {}}};
  for (const WindowBaseline& baseline : baselines) {
    errors.push_back({baseline.name, baseline.source, {}});
  }
  PerformanceOptions options;
  options.blocks.independent = true;  // separate draws, not frames of a scene
  std::int64_t held = 0;
  for (int w = 0; w < condition.windows; ++w) {
    const std::shared_ptr<const Dataset> data = condition.open(w);
    const std::vector<JudgedSample> samples = runner.Run(*data);
    std::vector<Verdict> verdicts;
    std::vector<BaselineInput> inputs;
    double truth = 0.0, outcomes = 0.0;
    for (const JudgedSample& sample : samples) {
      verdicts.push_back(ToVerdict(sample, metadata.gate));
      const double rate =
          metadata.calibration->Calibrate(verdicts.back().p_correct, verdicts.back().p_cause);
      outcomes += rate * (1.0 - rate);
      inputs.push_back({sample.output, sample.pooled});
      truth += (sample.correct ? 1.0 : 0.0) / static_cast<double>(samples.size());
    }
    figures.images = data->size();
    figures.least_accuracy = std::min(figures.least_accuracy, truth);
    figures.most_accuracy = std::max(figures.most_accuracy, truth);
    const Estimate estimate = EstimatePerformance(verdicts, {}, *metadata.calibration, options);
    figures.outside += estimate.outside_calibrated_conditions ? 1.0 / condition.windows : 0.0;
    if (on_window) on_window(w + 1);
    if (!estimate.available) continue;
    ++figures.estimated;
    const Interval& interval = estimate.accuracy;
    held += interval.low <= truth && truth <= interval.high;
    figures.mean_width += interval.high - interval.low;
    // The mean of a normal variable's absolute value is sqrt(2 / pi) deviations.
    figures.chance +=
        std::sqrt(2.0 / std::numbers::pi * outcomes) / static_cast<double>(samples.size());
    errors[0].signed_errors.push_back(interval.value - truth);
    errors[1].signed_errors.push_back(estimate.raw_mean - truth);
    for (std::size_t b = 0; b < baselines.size(); ++b) {
      errors[b + 2].signed_errors.push_back(baselines[b].estimate(inputs) - truth);
    }
  }
  if (figures.estimated == 0) return figures;
  figures.mean_width /= figures.estimated;
  figures.chance /= figures.estimated;
  figures.coverage = WilsonInterval(held, figures.estimated);
  std::vector<int> windows(static_cast<std::size_t>(figures.estimated));
  for (std::size_t i = 0; i < windows.size(); ++i) windows[i] = static_cast<int>(i);
  const ClusterBootstrap bootstrap(windows, kDraws, 1);
  for (const Errors& one : errors) figures.errors.push_back(Summarise(one, bootstrap));
  return figures;
}

}  // namespace vigil
