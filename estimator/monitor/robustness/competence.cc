#include "estimator/monitor/robustness/competence.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/monitor/regression.h"

namespace vigil {
namespace {

constexpr std::int64_t kFewestSamples = 50;
// Probabilities of an estimator and shares of some thousand records are not surer than this.
constexpr double kLeast = 1e-3;

std::size_t FeatureCount(bool outlier, bool flip_rate) { return 2u + outlier + flip_rate; }

double LogOddsAgainst(double p_correct) {
  const double p = std::clamp(p_correct, kLeast, 1.0 - kLeast);
  return std::log((1.0 - p) / p);
}

std::vector<double> FeaturesOf(const CompetenceSample& sample, const CompetenceFit& fit) {
  std::vector<double> features = {LogOddsAgainst(sample.p_correct_calibrated),
                                  LogOddsAgainst(sample.p_correct)};
  if (fit.outlier) features.push_back(-std::log(std::max(kLeast, 1.0 - *sample.outlier)));
  if (fit.flip_rate) features.push_back(std::sqrt(std::max(0.0f, *sample.flip_rate)));
  return features;
}

double ScoreOf(const CompetenceSample& sample, const CompetenceFit& fit) {
  const std::vector<double> features = FeaturesOf(sample, fit);
  double sum = fit.bias;
  for (std::size_t i = 0; i < features.size(); ++i) sum += fit.weight[i] * features[i];
  return 1.0 / (1.0 + std::exp(-sum));
}

[[noreturn]] void RefuseFit(const std::string& message) {
  throw Error(Fault::kTraining, ErrorCode::kInvalidValue, "competence: " + message);
}

void CheckShare(std::size_t i, const char* name, double value) {
  if (!(value >= 0.0 && value <= 1.0))
    RefuseFit(Text("sample ", i, " has ", name, " ", value, ", expected 0 to 1"));
}

// How many samples have the reading must be none or all.
bool HasReading(std::span<const CompetenceSample> samples, const char* name,
                std::optional<float> CompetenceSample::*reading) {
  std::size_t have = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (!(samples[i].*reading)) continue;
    CheckShare(i, name, *(samples[i].*reading));
    ++have;
  }
  if (have != 0 && have != samples.size()) {
    RefuseFit(Text(have, " of ", samples.size(), " samples have ", name, ", expected none or all"));
  }
  return have != 0;
}

void CheckSamples(std::span<const CompetenceSample> samples, const CompetenceOptions& options) {
  std::int64_t right = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    CheckShare(i, "p_correct", samples[i].p_correct);
    CheckShare(i, "p_correct_calibrated", samples[i].p_correct_calibrated);
    right += samples[i].correct ? 1 : 0;
  }
  const auto count = static_cast<std::int64_t>(samples.size());
  if (count < kFewestSamples)
    RefuseFit(Text(count, " samples, expected at least ", kFewestSamples));
  if (right == 0 || right == count)
    RefuseFit(
        Text("T is right on ", right, " of ", count, " samples, expected both right and wrong"));
  if (!(options.budget > 0.0 && options.budget < 1.0))
    RefuseFit(Text("a budget of ", options.budget, ", expected within 0 and 1"));
}

CompetenceFit FitOne(std::span<const CompetenceSample> samples, bool outlier, bool flip_rate,
                     const CompetenceOptions& options) {
  CompetenceFit fit{.outlier = outlier, .flip_rate = flip_rate};
  Rows rows;
  std::vector<double> wrong;
  for (const CompetenceSample& sample : samples) {
    rows.Add(FeaturesOf(sample, fit));
    wrong.push_back(sample.correct ? 0.0 : 1.0);
  }
  const Standardiser standardiser(rows);
  Rows standard;
  for (std::size_t i = 0; i < rows.size(); ++i) standard.Add(standardiser.Apply(rows.row(i)));
  const LinearModel model = FitLogistic(standard, wrong, options.penalty);
  // The standardiser is affine, so that it moves into weights and bias.
  const std::vector<double> at_zero = standardiser.Apply(std::vector<double>(rows.columns, 0.0));
  fit.bias = model.Predict(at_zero);
  for (std::size_t c = 0; c < rows.columns; ++c) {
    std::vector<double> unit(rows.columns, 0.0);
    unit[c] = 1.0;
    fit.weight.push_back(model.Predict(standardiser.Apply(unit)) - fit.bias);
  }
  std::vector<double> scores;
  for (const CompetenceSample& sample : samples) scores.push_back(ScoreOf(sample, fit));
  std::ranges::sort(scores, std::greater{});
  const auto flagged =
      static_cast<std::size_t>(std::llround(options.budget * static_cast<double>(scores.size())));
  fit.threshold = scores[std::clamp<std::size_t>(flagged, 1, scores.size()) - 1];
  return fit;
}

void CheckFit(const CompetenceFit& fit) {
  const auto refuse = [](const std::string& message) {
    throw Error(Fault::kModel, ErrorCode::kMalformed, Text(kBeyondKey, ": ", message));
  };
  const std::size_t expected = FeatureCount(fit.outlier, fit.flip_rate);
  if (fit.weight.size() != expected)
    refuse(Text("a fit has ", fit.weight.size(), " weights, expected ", expected));
  const bool finite = std::ranges::all_of(fit.weight, [](double w) { return std::isfinite(w); }) &&
                      std::isfinite(fit.bias) && std::isfinite(fit.threshold);
  if (!finite) refuse("a fit has numbers that are not finite");
}

}  // namespace

Competence::Competence(std::vector<CompetenceFit> fits, double budget, std::int64_t samples)
    : fits_(std::move(fits)), budget_(budget), samples_(samples) {
  std::map<std::pair<bool, bool>, int> seen;
  for (const CompetenceFit& fit : fits_) {
    CheckFit(fit);
    ++seen[{fit.outlier, fit.flip_rate}];
  }
  const bool twice = std::ranges::any_of(seen, [](const auto& each) { return each.second > 1; });
  if (twice || !seen.contains({false, false})) {
    throw Error(Fault::kModel, ErrorCode::kMalformed,
                Text(kBeyondKey,
                     ": expected one fit for each set of readings, one of them for PE "
                     "alone"));
  }
}

const CompetenceFit& Competence::FitFor(bool outlier, bool flip_rate) const {
  const CompetenceFit* best = nullptr;
  for (const CompetenceFit& fit : fits_) {
    if ((fit.outlier && !outlier) || (fit.flip_rate && !flip_rate)) continue;
    if (!best || fit.weight.size() > best->weight.size()) best = &fit;
  }
  return *best;  // that of PE alone always fits
}

Competence::Judgement Competence::Judge(const CompetenceSample& sample) const {
  const CompetenceFit& fit = FitFor(sample.outlier.has_value(), sample.flip_rate.has_value());
  const double score = ScoreOf(sample, fit);
  // As float32, which is what verdicts keep: the threshold is one of the fit's own scores.
  const auto beyond = static_cast<float>(score);
  return {beyond, beyond >= static_cast<float>(fit.threshold)};
}

Competence::Judgement Competence::Judge(const Verdict& verdict) const {
  return Judge({.p_correct = verdict.p_correct,
                .p_correct_calibrated = verdict.p_correct_calibrated,
                .outlier = verdict.readings.outlier,
                .flip_rate = verdict.readings.flip_rate});
}

bool Competence::IsFlagged(const Verdict& verdict) const {
  const Readings& readings = verdict.readings;
  if (!readings.beyond) return false;
  const CompetenceFit& fit = FitFor(readings.outlier.has_value(), readings.flip_rate.has_value());
  return *readings.beyond >= static_cast<float>(fit.threshold);
}

Competence FitCompetence(std::span<const CompetenceSample> samples,
                         const CompetenceOptions& options) {
  CheckSamples(samples, options);
  const bool outlier = HasReading(samples, "outlier", &CompetenceSample::outlier);
  const bool flip_rate = HasReading(samples, "flip_rate", &CompetenceSample::flip_rate);
  std::vector<CompetenceFit> fits;
  for (const bool with_outlier : {false, true}) {
    for (const bool with_flips : {false, true}) {
      if ((with_outlier && !outlier) || (with_flips && !flip_rate)) continue;
      fits.push_back(FitOne(samples, with_outlier, with_flips, options));
    }
  }
  return {std::move(fits), options.budget, static_cast<std::int64_t>(samples.size())};
}

}  // namespace vigil
