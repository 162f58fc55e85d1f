#include "estimator/evaluation/competence_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/base/error.h"

namespace vigil {
namespace {

constexpr std::size_t kMostPoints = 200;
constexpr int kBands = 10;

// The share of `of` that are in `in`, with the draws' interval.
Interval ShareWithin(std::span<const double> in, std::span<const double> of,
                     const ClusterBootstrap& bootstrap) {
  const auto share = [&](std::span<const int> times) {
    double hits = 0.0, count = 0.0;
    for (std::size_t i = 0; i < in.size(); ++i) {
      hits += times[i] * in[i] * of[i];
      count += times[i] * of[i];
    }
    return count > 0.0 ? hits / count : std::numeric_limits<double>::quiet_NaN();
  };
  std::vector<double> drawn;
  for (int r = 0; r < bootstrap.draws(); ++r) drawn.push_back(share(bootstrap.Times(r)));
  return PercentileInterval(share(std::vector<int>(in.size(), 1)), std::move(drawn));
}

double CalibrationError(std::span<const double> said, std::span<const double> wrong) {
  std::vector<std::size_t> order(said.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](auto a, auto b) { return said[a] < said[b]; });
  double error = 0.0;
  for (int band = 0; band < kBands; ++band) {
    const std::size_t first = order.size() * static_cast<std::size_t>(band) / kBands;
    const std::size_t end = order.size() * static_cast<std::size_t>(band + 1) / kBands;
    double difference = 0.0;
    for (std::size_t i = first; i < end; ++i) difference += said[order[i]] - wrong[order[i]];
    error += std::abs(difference) / static_cast<double>(said.size());
  }
  return error;
}

}  // namespace

RiskCoverage CurveOf(std::string name, std::span<const double> trust,
                     std::span<const JudgedSample> samples) {
  VIGIL_CHECK(!samples.empty() && trust.size() == samples.size());
  std::vector<std::size_t> order(trust.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](auto a, auto b) { return trust[a] > trust[b]; });
  RiskCoverage curve{.name = std::move(name), .points = {}};
  const std::size_t step = std::max<std::size_t>(1, order.size() / kMostPoints);
  double wrong = 0.0;
  for (std::size_t first = 0, end = 0; first < order.size(); first = end) {
    double among = 0.0;  // errors of the records that share this score
    for (end = first; end < order.size() && trust[order[end]] == trust[order[first]]; ++end)
      among += samples[order[end]].correct ? 0.0 : 1.0;
    const double each = among / static_cast<double>(end - first);
    for (std::size_t i = first; i < end; ++i) {
      wrong += each;
      const auto kept = static_cast<double>(i + 1);
      if ((i + 1) % step == 0 || i + 1 == order.size())
        curve.points.emplace_back(kept / static_cast<double>(order.size()), wrong / kept);
    }
  }
  return curve;
}

CompetenceFigures JudgeCompetence(const Competence& competence,
                                  std::span<const JudgedSample> samples,
                                  std::span<const CompetenceSample> readings,
                                  std::span<const ScoreColumn> alone,
                                  const ClusterBootstrap& bootstrap) {
  CompetenceFigures figures;
  figures.images = static_cast<std::int64_t>(samples.size());
  ScoreColumn combined{"combined", "PE and the readings of the monitors", {}, 0.5};
  std::vector<double> said, wrong, flagged, truth, all(samples.size(), 1.0);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Competence::Judgement judged = competence.Judge(readings[i]);
    said.push_back(judged.beyond);
    combined.values.push_back(1.0 - judged.beyond);
    flagged.push_back(judged.flagged ? 1.0 : 0.0);
    wrong.push_back(samples[i].correct ? 0.0 : 1.0);
    truth.push_back(samples[i].correct ? 1.0 : 0.0);
  }
  figures.error_rate =
      std::accumulate(wrong.begin(), wrong.end(), 0.0) / static_cast<double>(wrong.size());
  figures.flagged = ShareWithin(flagged, all, bootstrap);
  figures.wrong_of_flagged = ShareWithin(wrong, flagged, bootstrap);
  figures.flagged_of_wrong = ShareWithin(flagged, wrong, bootstrap);
  figures.calibration_error = CalibrationError(said, wrong);
  std::vector<ScoreColumn> columns = {std::move(combined)};
  columns.insert(columns.end(), alone.begin(), alone.end());
  figures.scores = RankScores(samples, columns, bootstrap);
  for (const ScoreColumn& column : columns)
    figures.curves.push_back(CurveOf(column.name, column.values, samples));
  figures.curves.push_back(CurveOf("the truth", truth, samples));
  return figures;
}

}  // namespace vigil
