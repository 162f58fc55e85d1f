#include "estimator/evaluation/estimator_table.h"

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "estimator/data/augment/augmented.h"
#include "estimator/data/views.h"
#include "estimator/evaluation/calibrate.h"
#include "estimator/evaluation/comparison.h"
#include "estimator/evaluation/steps.h"
#include "estimator/models/task.h"
#include "estimator/monitor/baselines/baselines.h"
#include "estimator/monitor/baselines/baselines_output.h"

namespace vigil {
namespace {

// The mixes that the PEs which ship were calibrated over (`vigil train estimator --seed 1`).
constexpr CalibrationPlan kPlan{.mixes = 25, .seed = 301};

// Of the calibration images: what the oracle of the operations is fitted on.
std::int64_t OracleImages(const EvaluationData& data) {
  constexpr std::int64_t kMost = 2000;
  return std::min({kMost, data.calibration->size(), data.test->size()});
}

BaselineInput InputOf(const JudgedSample& sample) { return {sample.output, sample.pooled}; }

std::vector<BaselineSample> AsBaselineSamples(std::span<const JudgedSample> samples,
                                              const Task& task) {
  std::vector<BaselineSample> converted;
  for (const JudgedSample& sample : samples) {
    converted.push_back({InputOf(sample), task.TrueDecision(sample.truth), sample.correct});
  }
  return converted;
}

std::vector<double> ScoresOf(std::span<const JudgedSample> samples, const Baseline& baseline) {
  std::vector<double> scores;
  for (const JudgedSample& sample : samples) scores.push_back(baseline.score(InputOf(sample)));
  return scores;
}

// What a table is made with.
struct Bench {
  const JudgedModels& models;
  const EvaluationData& data;
  const EstimatorTableOptions& options;
  JudgedRunner runner;
  Steps steps;

  std::vector<JudgedSample> Judge(const std::shared_ptr<const Dataset>& base, const AugmentMix& mix,
                                  const std::string& severity, std::uint64_t seed,
                                  std::string* name = nullptr) {
    const AugmentedDataset set(base, AugmentFor(models, mix, severity, seed));
    if (name) *name = set.name();
    std::vector<JudgedSample> samples = runner.Run(set, steps.Of(set.name()));
    steps.Finish(set.size());
    return samples;
  }
};

struct Fitted {
  std::vector<Baseline> baselines;
  std::vector<double> thresholds;
  std::vector<WindowBaseline> windows;
};

Fitted FitAll(Bench& bench) {
  const Task& task = bench.models.task;
  const auto training =
      bench.Judge(bench.data.training, AugmentMix::Clean(), "moderate", bench.options.seed);
  const JudgedMixes mixes = JudgeMixes(
      bench.runner, bench.data.calibration, task, bench.models.side, kPlan, [&](int mix) {
        bench.steps.Report(bench.data.calibration->size() * mix / kPlan.mixes,
                           "images to fit the baselines on");
      });
  bench.steps.Finish(bench.data.calibration->size());
  const auto calibration = AsBaselineSamples(mixes.samples, task);
  Fitted fitted;
  if (bench.options.baselines) {
    bench.steps.Report(0, "fitting the baselines");
    fitted.baselines = FitBaselines(task, AsBaselineSamples(training, task), calibration);
    for (const Baseline& baseline : fitted.baselines) {
      fitted.thresholds.push_back(ThresholdOf(ScoresOf(mixes.samples, baseline), mixes.samples));
    }
  }
  if (bench.options.windows) {
    std::vector<MixedSample> mixed;
    for (std::size_t i = 0; i < calibration.size(); ++i) {
      mixed.push_back({calibration[i], mixes.mix_of[i]});
    }
    fitted.windows = FitWindowBaselines(task, mixed);
  }
  return fitted;
}

ScoreColumn OracleColumn(std::span<const JudgedSample> samples,
                         std::span<const JudgedSample> known) {
  const AppliedOracle oracle = FitOracle(known);
  const auto scores = [&](std::span<const JudgedSample> of) {
    std::vector<double> values;
    for (const JudgedSample& sample : of) values.push_back(oracle.Score(sample.applied));
    return values;
  };
  return {"oracle of the operations", "knows what was applied, and nothing else", scores(samples),
          ThresholdOf(scores(known), known)};
}

SeverityFigures JudgeSeverity(Bench& bench, const std::string& severity, const Fitted& fitted) {
  const Task& task = bench.models.task;
  const Gate& gate = bench.models.metadata.gate;
  SeverityFigures figures{.severity = severity};
  const auto known = bench.Judge(Slice(bench.data.calibration, 0, OracleImages(bench.data)),
                                 AugmentMix::TwoCause(), severity, bench.options.seed + 1);
  const auto samples = bench.Judge(bench.data.test, AugmentMix::TwoCause(), severity,
                                   bench.options.seed + 2, &figures.data);
  const ClusterBootstrap bootstrap(GroupsOf(samples), bench.options.draws, bench.options.seed);
  figures.images = static_cast<std::int64_t>(samples.size());
  figures.clusters = bootstrap.clusters();
  bench.steps.Report(0, "intervals");
  figures.ours = EstimatorFigures(samples, gate, task, bootstrap);

  std::vector<ScoreColumn> columns = {{"PE", "this work", {}, gate.p_correct}};
  for (const JudgedSample& sample : samples) columns[0].values.push_back(sample.p.correct);
  columns.push_back(OracleColumn(samples, known));
  for (std::size_t b = 0; b < fitted.baselines.size(); ++b) {
    const Baseline& baseline = fitted.baselines[b];
    columns.push_back(
        {baseline.name, baseline.source, ScoresOf(samples, baseline), fitted.thresholds[b]});
  }
  if (fitted.baselines.empty()) {
    ScoreColumn column{DefaultBaselineName(task), "T's own confidence", {}, 0.5};
    std::vector<double> of_known;
    for (const JudgedSample& s : samples) column.values.push_back(DefaultBaseline(task, s.output));
    for (const JudgedSample& s : known) of_known.push_back(DefaultBaseline(task, s.output));
    column.threshold = ThresholdOf(of_known, known);
    columns.push_back(std::move(column));
  }
  figures.scores = RankScores(samples, columns, bootstrap);
  return figures;
}

std::int64_t ImagesOf(const std::vector<WindowCondition>& conditions, const WindowPlan& plan) {
  std::int64_t images = 0;
  for (const WindowCondition& condition : conditions) images += condition.windows * plan.images;
  return images;
}

}  // namespace

EstimatorTable MakeEstimatorTable(const JudgedModels& models,
                                  const std::shared_ptr<Backend>& backend,
                                  const EvaluationData& data,
                                  const EstimatorTableOptions& options) {
  if (options.windows && !models.metadata.calibration) {
    throw Error(Fault::kModel, ErrorCode::kInvalidValue,
                Text("estimator '", models.estimator_path.string(),
                     "' has no calibration, which windows need: expected one of `vigil train "
                     "estimator`"));
  }
  const auto conditions =
      options.windows ? WindowConditions(data, models.task, models.side, options.window_plan)
                      : std::vector<WindowCondition>{};
  const bool fit = options.baselines || options.windows;
  const std::int64_t total = 3 * data.test->size() + 2 * OracleImages(data) +
                             (fit ? data.training->size() + data.calibration->size() : 0) +
                             ImagesOf(conditions, options.window_plan);
  Bench bench{models, data, options,
              JudgedRunner(models.target, models.estimator, backend, models.task,
                           models.normalisation, kEvaluationEncoding),
              Steps(total, options.on_progress)};
  EstimatorTable table{.table = options.table, .cluster = data.cluster};
  const Fitted fitted = fit ? FitAll(bench) : Fitted{};
  if (fit) {
    table.fitted_on =
        Text(data.calibration->name(), ", ", data.calibration->size(), " images in ", kPlan.mixes,
             " mixes; familiar images: ", data.training->name(), ", ", data.training->size());
  }
  const auto clean = bench.Judge(data.test, AugmentMix::Clean(), "paper", options.seed);
  std::vector<double> right;
  for (const JudgedSample& sample : clean) right.push_back(sample.correct ? 1.0 : 0.0);
  table.clean_accuracy =
      ClusteredShare(right, ClusterBootstrap(GroupsOf(clean), options.draws, options.seed));
  for (const std::string& severity : SeverityNames()) {
    table.severities.push_back(JudgeSeverity(bench, severity, fitted));
  }
  for (const WindowCondition& condition : conditions) {
    const std::string what = "windows: " + condition.name;
    table.windows.push_back(JudgeWindows(
        bench.runner, condition, models.metadata, fitted.windows,
        [&](int window) { bench.steps.Report(window * options.window_plan.images, what); }));
    bench.steps.Finish(condition.windows * options.window_plan.images);
  }
  table.behind = WhereBehind(table);
  return table;
}

}  // namespace vigil
