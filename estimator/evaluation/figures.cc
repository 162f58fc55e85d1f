#include "estimator/evaluation/figures.h"

#include <algorithm>
#include <numeric>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/evaluation/comparison.h"

namespace vigil {
namespace {

struct NamedValue {
  std::string key;
  double value = 0.0;
};

std::vector<NamedValue> Flatten(const Metrics& m) {
  std::vector<NamedValue> values = {{"target_accuracy", m.target_accuracy},
                                    {"accuracy_strict", m.paper_accuracy},
                                    {"tnr", m.tnr},
                                    {"tpr_strict", m.tpr_strict},
                                    {"tpr", m.tpr},
                                    {"accuracy", m.accuracy},
                                    {"balanced_accuracy", m.balanced_accuracy},
                                    {"always_failed_accuracy", m.always_failed_accuracy},
                                    {"majority_accuracy", m.majority_accuracy},
                                    {"auroc", m.auroc},
                                    {"aupr_error", m.aupr_error},
                                    {"fpr_at_95_tpr", m.fpr_at_95_tpr},
                                    {"aurc", m.aurc}};
  for (const CauseMetrics& cause : m.causes) {
    const std::string_view name = CauseName(cause.cause);
    values.push_back({Text("prevalence_", name), cause.prevalence});
    values.push_back({Text("recall_", name), cause.recall});
    values.push_back({Text("specificity_", name), cause.specificity});
    values.push_back({Text("accuracy_", name), cause.accuracy});
  }
  return values;
}

// Indices by falling score, so that a draw needs no sorting of its own.
std::vector<std::size_t> FallingOrder(std::span<const double> scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](auto a, auto b) { return scores[a] > scores[b]; });
  return order;
}

bool Holds(Part part, const JudgedSample& sample) {
  if (part == Part::kAugmented) return !sample.applied.empty();
  return part == Part::kAll || sample.applied.empty();
}

// One column within one part.
struct Ranking {
  std::vector<Ranked> records;  // by falling score
  std::vector<std::size_t> sample;

  std::array<double, 4> Measure(std::span<const int> times) {
    for (std::size_t i = 0; i < records.size(); ++i) records[i].times = times[sample[i]];
    const RankingMetrics m = ComputeRanking(records);
    return {m.auroc, m.aupr_error, m.fpr_at_95_tpr, m.aurc};
  }
};

Ranking MakeRanking(std::span<const JudgedSample> samples, const ScoreColumn& column, Part part) {
  VIGIL_CHECK(column.values.size() == samples.size());
  Ranking ranking;
  for (const std::size_t i : FallingOrder(column.values)) {
    if (!Holds(part, samples[i])) continue;
    ranking.records.push_back({column.values[i], samples[i].correct});
    ranking.sample.push_back(i);
  }
  return ranking;
}

// AUROC and AUPR rise with quality, the other two fall.
double Better(std::size_t key, double first, double other) {
  return key < 2 ? first - other : other - first;
}

void AddDecisions(std::span<const JudgedSample> samples, const ScoreColumn& column,
                  ScoreFigures& figures) {
  double right = 0.0, passed = 0.0, failed = 0.0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const bool says_correct = column.values[i] >= column.threshold;
    right += samples[i].correct;
    passed += samples[i].correct && says_correct;
    failed += !samples[i].correct && !says_correct;
  }
  const auto all = static_cast<double>(samples.size());
  figures.accuracy = (passed + failed) / all;
  figures.balanced_accuracy = 0.5 * (passed / right + failed / (all - right));
}

}  // namespace

std::vector<int> GroupsOf(std::span<const JudgedSample> samples) {
  std::vector<int> groups;
  for (const JudgedSample& sample : samples) groups.push_back(sample.group);
  return groups;
}

std::vector<NamedFigure> EstimatorFigures(std::span<const JudgedSample> samples, const Gate& gate,
                                          const Task& task, const ClusterBootstrap& bootstrap) {
  std::vector<double> scores;
  for (const JudgedSample& sample : samples) scores.push_back(sample.p.correct);
  const std::vector<std::size_t> order = FallingOrder(scores);
  std::vector<Verdict> verdicts;
  std::vector<Outcome> outcomes;
  for (const std::size_t i : order) {
    verdicts.push_back(ToVerdict(samples[i], gate));
    outcomes.push_back({samples[i].correct, samples[i].causes});
  }
  const std::vector<NamedValue> values = Flatten(ComputeMetrics(verdicts, outcomes, task.causes));
  std::vector<std::vector<double>> drawn(values.size());
  std::vector<int> sorted(order.size());
  for (int r = 0; r < bootstrap.draws(); ++r) {
    const std::vector<int> times = bootstrap.Times(r);
    for (std::size_t i = 0; i < order.size(); ++i) sorted[i] = times[order[i]];
    const auto again = Flatten(ComputeMetrics(verdicts, outcomes, task.causes, sorted));
    for (std::size_t k = 0; k < values.size(); ++k) drawn[k].push_back(again[k].value);
  }
  std::vector<NamedFigure> figures;
  for (std::size_t k = 0; k < values.size(); ++k) {
    figures.push_back({values[k].key, PercentileInterval(values[k].value, std::move(drawn[k]))});
  }
  return figures;
}

std::vector<ScoreFigures> RankScores(std::span<const JudgedSample> samples,
                                     std::span<const ScoreColumn> columns,
                                     const ClusterBootstrap& bootstrap) {
  const std::vector<int> once(samples.size(), 1);
  std::vector<ScoreFigures> table;
  // [column][part], each with its figures of all draws, which are the same draws for all: so that a
  // lead is a difference within draws.
  std::vector<std::vector<Ranking>> rankings;
  std::vector<std::vector<std::array<std::vector<double>, 4>>> drawn;
  for (const ScoreColumn& column : columns) {
    table.push_back({.name = column.name, .source = column.source});
    AddDecisions(samples, column, table.back());
    rankings.emplace_back();
    for (std::size_t p = 0; p < kPartNames.size(); ++p)
      rankings.back().push_back(MakeRanking(samples, column, static_cast<Part>(p)));
    drawn.emplace_back(kPartNames.size());
  }
  for (int r = 0; r < bootstrap.draws(); ++r) {
    const std::vector<int> times = bootstrap.Times(r);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      for (std::size_t p = 0; p < kPartNames.size(); ++p) {
        const std::array<double, 4> again = rankings[c][p].Measure(times);
        for (std::size_t k = 0; k < again.size(); ++k) drawn[c][p][k].push_back(again[k]);
      }
    }
  }
  for (std::size_t p = 0; p < kPartNames.size(); ++p) {
    std::array<double, 4> first{};
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const std::array<double, 4> figures = rankings[c][p].Measure(once);
      if (c == 0) first = figures;
      for (std::size_t k = 0; k < kRankingKeys.size(); ++k) {
        std::vector<double> leads;
        for (std::size_t r = 0; r < drawn[c][p][k].size(); ++r)
          leads.push_back(Better(k, drawn[0][p][k][r], drawn[c][p][k][r]));
        RankingFigures& part = table[c].parts[p];
        part.figure[k] = PercentileInterval(figures[k], drawn[c][p][k]);
        part.lead[k] = PercentileInterval(Better(k, first[k], figures[k]), std::move(leads));
      }
    }
  }
  return table;
}

double ThresholdOf(std::span<const double> scores, std::span<const JudgedSample> validation) {
  VIGIL_CHECK(!scores.empty() && scores.size() == validation.size());
  const auto [least, most] = std::ranges::minmax(scores);
  if (least == most) return 0.5;
  std::vector<ValidationSample> samples;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    samples.push_back({.p = {.correct = static_cast<float>(scores[i])},
                       .correct = validation[i].correct,
                       .causes = {}});
  }
  return ChooseGate(samples, {}).p_correct;
}

}  // namespace vigil
