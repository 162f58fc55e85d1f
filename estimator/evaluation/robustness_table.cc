#include "estimator/evaluation/robustness_table.h"

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "estimator/data/augment/augmented.h"
#include "estimator/data/views.h"
#include "estimator/evaluation/mixes.h"
#include "estimator/monitor/baselines/baselines_output.h"

namespace vigil {
namespace {

// Draws of conditions of their own: PE's calibration saw these images under others.
constexpr int kMixes = 25;
constexpr std::uint64_t kMixSeed = 7300;
constexpr std::size_t kDevice = 0, kGrid = 1;  // the probes

std::vector<CompetenceSample> ReadingsOf(const StabilitySet& set, const Calibration& calibration) {
  std::vector<CompetenceSample> readings;
  for (std::size_t i = 0; i < set.samples.size(); ++i) {
    const Probabilities& p = set.samples[i].p;
    readings.push_back(
        {.p_correct = p.correct,
         .p_correct_calibrated = static_cast<float>(calibration.Calibrate(p.correct, p.cause)),
         .outlier = {},
         .flip_rate = static_cast<float>(FlipRate(set.stability[kDevice][i])),
         .correct = set.samples[i].correct});
  }
  return readings;
}

ScoreColumn ColumnOf(std::string name, std::string source, const StabilitySet& set,
                     const std::function<double(std::size_t)>& score) {
  ScoreColumn column{std::move(name), std::move(source), {}, 0.5};
  for (std::size_t i = 0; i < set.samples.size(); ++i) column.values.push_back(score(i));
  return column;
}

// Every score alone, high where T should be right; PE is the first.
std::vector<ScoreColumn> ScoresAlone(const StabilitySet& set, const Task& task,
                                     std::span<const Disturbance> disturbances) {
  const std::vector<Stability>& stability = set.stability[kDevice];
  return {ColumnOf("PE", "this work", set, [&](auto i) { return set.samples[i].p.correct; }),
          ColumnOf(DefaultBaselineName(task), "T's own confidence", set,
                   [&](auto i) { return DefaultBaseline(task, set.samples[i].output); }),
          ColumnOf("flip rate", "T's tail, disturbed", set,
                   [&](auto i) { return -FlipRate(stability[i]); }),
          ColumnOf("flips, counted", "T's tail, disturbed", set,
                   [&](auto i) { return -CountedFlips(stability[i]); }),
          ColumnOf("flip size", "T's tail, disturbed", set,
                   [&](auto i) { return FlipSize(stability[i], disturbances); }),
          ColumnOf("sensitivity", "T's tail, disturbed", set,
                   [&](auto i) { return -Sensitivity(stability[i], disturbances); })};
}

// Flip rate under one disturbance of those that a stability was measured under.
double FlipsUnder(const Stability& stability, int disturbance) {
  double flips = 0.0, trials = 0.0;
  for (const StabilityTrial& trial : stability.trials) {
    if (trial.disturbance != disturbance) continue;
    flips += trial.decision != stability.decision ? 1.0 : 0.0;
    ++trials;
  }
  return flips / trials;
}

double ChangeUnder(std::span<const Stability> stability, int disturbance) {
  double size = 0.0, trials = 0.0;
  for (const Stability& each : stability) {
    for (const StabilityTrial& trial : each.trials) {
      if (trial.disturbance != disturbance) continue;
      size += trial.size;
      ++trials;
    }
  }
  return size / trials;
}

std::vector<DisturbanceFigures> JudgeDisturbances(const StabilitySet& set,
                                                  std::span<const Disturbance> grid,
                                                  const ClusterBootstrap& bootstrap) {
  std::vector<ScoreColumn> columns;
  std::vector<DisturbanceFigures> table;
  for (std::size_t d = 0; d < grid.size(); ++d) {
    const int index = static_cast<int>(d);
    columns.push_back(
        ColumnOf(Text(DisturbanceName(grid[d].kind), " ", grid[d].size), "T's tail, disturbed", set,
                 [&](auto i) { return -FlipsUnder(set.stability[kGrid][i], index); }));
    DisturbanceFigures figures{.disturbance = grid[d],
                               .change = ChangeUnder(set.stability[kGrid], index)};
    double right = 0.0;
    for (std::size_t i = 0; i < set.samples.size(); ++i) {
      right += set.samples[i].correct ? 1.0 : 0.0;
      (set.samples[i].correct ? figures.flips_right : figures.flips_wrong) -=
          columns.back().values[i];
    }
    figures.flips_right /= right;
    figures.flips_wrong /= static_cast<double>(set.samples.size()) - right;
    table.push_back(std::move(figures));
  }
  const std::vector<ScoreFigures> scores = RankScores(set.samples, columns, bootstrap);
  for (std::size_t d = 0; d < grid.size(); ++d) table[d].score = scores[d];
  return table;
}

// What a table is made with.
struct Bench {
  const JudgedModels& models;
  const EvaluationData& data;
  const RobustnessOptions& options;
  StabilityRunner runner;
  Steps steps;

  // Without the grid, which only the figures of the test images want.
  std::vector<CompetenceSample> Calibrate(const std::shared_ptr<Backend>& backend) {
    StabilityRunner device(models, backend, options.tail, std::span(&options.stability, 1));
    std::vector<CompetenceSample> readings;
    const std::int64_t part = data.calibration->size() / kMixes;
    for (int mix = 0; mix < kMixes; ++mix) {
      const AugmentedDataset set(Slice(data.calibration, mix * part, part),
                                 DrawMix(models.task, models.side, kMixSeed, mix));
      const StabilitySet judged = device.Run(set);
      std::ranges::move(ReadingsOf(judged, *models.metadata.calibration),
                        std::back_inserter(readings));
      steps.Report((mix + 1) * part, "calibration images");
    }
    steps.Finish(data.calibration->size());
    return readings;
  }
};

RobustnessFigures JudgeSet(const Bench& bench, const StabilitySet& set,
                           const ClusterBootstrap& bootstrap) {
  const Task& task = bench.models.task;
  const RobustnessOptions& options = bench.options;
  const std::vector<Stability>& stability = set.stability[kDevice];
  RobustnessFigures figures{.data = set.data};
  figures.images = static_cast<std::int64_t>(set.samples.size());
  figures.clusters = bootstrap.clusters();
  for (const Stability& each : stability) figures.encoding_flips += each.margin < 0.0 ? 1.0 : 0.0;
  figures.encoding_flips /= static_cast<double>(stability.size());
  figures.scores =
      RankScores(set.samples, ScoresAlone(set, task, options.stability.disturbances), bootstrap);
  figures.disturbances = JudgeDisturbances(set, options.grid, bootstrap);
  figures.by_distance = FlipsByDistance(task, set.samples, stability, options.draws, options.seed);
  if (task.kind == Task::Kind::kDirectness) {
    figures.by_direction = FlipsByDirection(set.samples, stability, options.draws, options.seed);
  } else {
    figures.pairs = FlipPairs(set.stability[kGrid], task.outputs);
  }
  return figures;
}

double MacsOf(const Graph& graph) { return static_cast<double>(graph.Cost().macs); }

}  // namespace

std::vector<Disturbance> DisturbanceGrid() {
  std::vector<Disturbance> grid;
  for (const double size : {0.25, 0.5, 1.0}) grid.push_back({DisturbanceKind::kGaussian, size, 4});
  for (const double size : {0.1, 0.2, 0.4}) grid.push_back({DisturbanceKind::kDropout, size, 4});
  for (const double size : {0.1, 0.2, 0.4})
    grid.push_back({DisturbanceKind::kQuantisation, size, 4});
  for (const double size : {0.05, 0.1, 0.2}) grid.push_back({DisturbanceKind::kWorst, size, 1});
  return grid;
}

RobustnessTable MakeRobustnessTable(const JudgedModels& models,
                                    const std::shared_ptr<Backend>& backend,
                                    const EvaluationData& data, const RobustnessOptions& options) {
  if (!models.metadata.calibration) {
    throw Error(Fault::kModel, ErrorCode::kInvalidValue,
                Text("estimator '", models.estimator_path.string(),
                     "' has no calibration, which the combined score needs: expected one of "
                     "`vigil train estimator`"));
  }
  StabilityOptions grid = options.stability;
  grid.disturbances = options.grid;
  const std::array probes = {options.stability, grid};
  const std::vector<std::string> severities = SeverityNames();
  const auto severity_count = static_cast<std::int64_t>(severities.size());
  Bench bench{
      models, data, options, StabilityRunner(models, backend, options.tail, probes),
      Steps(data.calibration->size() + severity_count * data.test->size(), options.on_progress)};
  const std::vector<CompetenceSample> calibration = bench.Calibrate(backend);
  const StabilityProbe& probe = bench.runner.probe(kDevice);
  RobustnessTable table{.tap = probe.tap(),
                        .cluster = data.cluster,
                        .fitted_on = Text(data.calibration->name(), ", ", calibration.size(),
                                          " images in ", kMixes, " mixes"),
                        .rows = probe.rows(),
                        .tail_macs = probe.MacsARecord() / static_cast<double>(probe.rows()),
                        .estimator_macs = MacsOf(models.estimator),
                        .target_macs = MacsOf(models.target),
                        .severities = {},
                        .competence = FitCompetence(calibration, options.competence),
                        .flagged = {}};
  for (const std::string& severity : severities) {
    const AugmentedDataset images(
        data.test, AugmentFor(models, AugmentMix::TwoCause(), severity, options.seed + 2));
    const StabilitySet set = bench.runner.Run(images, bench.steps.Of(images.name()));
    bench.steps.Finish(images.size());
    const ClusterBootstrap bootstrap(GroupsOf(set.samples), options.draws, options.seed);
    table.severities.push_back(JudgeSet(bench, set, bootstrap));
    table.severities.back().severity = severity;
    table.flagged.push_back(JudgeCompetence(
        table.competence, set.samples, ReadingsOf(set, *models.metadata.calibration),
        ScoresAlone(set, models.task, options.stability.disturbances), bootstrap));
    table.flagged.back().severity = severity;
    table.flagged.back().data = set.data;
  }
  return table;
}

}  // namespace vigil
