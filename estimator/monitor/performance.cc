#include "estimator/monitor/performance.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/verdict/distributions.h"

namespace vigil {
namespace {

constexpr double kManyDegrees = 1e6;  // Student's t is the normal distribution from here on

// What the verdicts say once calibration has spoken.
struct Calibrated {
  std::vector<double> rates;   // one a record
  std::vector<double> shares;  // weighted, of the strata
};

Calibrated ApplyCalibration(std::span<const Verdict> verdicts, const Window& window,
                            const Calibration& calibration) {
  Calibrated calibrated;
  calibrated.shares.resize(static_cast<std::size_t>(calibration.strata().size()));
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const int stratum = calibration.strata().StratumOf(verdicts[i].p_correct, verdicts[i].p_cause);
    calibrated.rates.push_back(calibration.rate(stratum));
    calibrated.shares[static_cast<std::size_t>(stratum)] +=
        window.records[i].weight / window.total_weight;
  }
  return calibrated;
}

// A variance, and the square of it over its degrees of freedom (Satterthwaite's terms).
struct Component {
  double variance = 0.0;
  double uncertainty = 0.0;
};

Component Estimated(double variance, double degrees) {
  return {.variance = variance, .uncertainty = variance * variance / degrees};
}

// How much of the scores' excess variance between blocks the outcomes add unseen.
double BurstFactor(double discrimination) {
  constexpr double kFloor = 1e-3;  // keeps the factor finite where the rates say nothing
  const double odds = (1.0 - discrimination) / std::max(kFloor, discrimination);
  return odds * std::max(1.0, odds);
}

Component BurstVariance(const MeanVariance& scores, const Window& window,
                        const Calibration& calibration) {
  const double factor = BurstFactor(calibration.discrimination());
  return Estimated(factor * std::max(0.0, scores.clustered - scores.independent),
                   window.blocks - 1.0);
}

Interval AccuracyInterval(const Calibrated& calibrated, const MeanVariance& scores,
                          const Window& window, const Calibration& calibration,
                          const PerformanceOptions& options) {
  double dispersion = 0.0;
  for (std::size_t s = 0; s < calibrated.shares.size(); ++s) {
    const double rate = calibration.rate(static_cast<int>(s));
    dispersion += calibrated.shares[s] * rate * (1.0 - rate);
  }
  const double other_mixes = static_cast<double>(calibration.mixes().size()) - 1.0;
  std::vector<Component> components = {
      {.variance = dispersion / window.total_weight},
      {.variance = scores.sampling},
      Estimated(calibration.RateVariance(calibrated.shares), other_mixes),
      Estimated(calibration.overdispersion() * dispersion, other_mixes)};
  if (!options.blocks.independent) {
    components.push_back(BurstVariance(scores, window, calibration));
  }
  double variance = 0.0, uncertainty = 0.0;
  for (const Component& component : components) {
    variance += component.variance;
    uncertainty += component.uncertainty;
  }
  const double degrees =
      std::clamp(variance * variance / std::max(uncertainty, 1e-300), 1.0, kManyDegrees);
  const double reach = StudentTQuantile(0.5 + 0.5 * options.level, degrees) * std::sqrt(variance);
  return {scores.mean, std::max(0.0, scores.mean - reach), std::min(1.0, scores.mean + reach)};
}

// Wilson's interval with as many samples as the blocks leave independent.
Interval ShareInterval(const Window& window, std::span<const double> indicator, double level) {
  const MeanVariance share = VarianceOfMean(window, indicator);
  double squares = 0.0;
  for (const WeightedRecord& record : window.records) squares += record.weight * record.weight;
  double samples = window.total_weight * window.total_weight / squares;
  if (share.clustered > share.independent) samples *= share.independent / share.clustered;
  const double z = StudentTQuantile(0.5 + 0.5 * level, std::max(1, window.blocks - 1));
  const double p = share.mean, scale = 1.0 / (1.0 + z * z / samples);
  const double centre = scale * (p + 0.5 * z * z / samples);
  const double reach =
      scale * z * std::sqrt(p * (1.0 - p) / samples + 0.25 * z * z / (samples * samples));
  return {p, std::max(0.0, centre - reach), std::min(1.0, centre + reach)};
}

Window OnlyFailures(const Window& window, std::span<const Verdict> verdicts) {
  Window failures{.epochs = window.epochs};
  std::map<int, int> blocks;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (verdicts[i].correct) continue;
    WeightedRecord record = window.records[i];
    record.block = blocks.try_emplace(record.block, static_cast<int>(blocks.size())).first->second;
    failures.total_weight += record.weight;
    failures.records.push_back(record);
  }
  failures.blocks = static_cast<int>(blocks.size());
  return failures;
}

std::vector<CauseShare> ShareCauses(std::span<const Verdict> verdicts, const Window& window,
                                    double level) {
  const Window failures = OnlyFailures(window, verdicts);
  std::vector<CauseShare> shares;
  for (int c = 0; c < kCauseCount; ++c) {
    CauseShare share{.cause = static_cast<Cause>(c)};
    std::vector<double> of_all, of_failures;
    for (const Verdict& verdict : verdicts) {
      of_all.push_back(verdict.causes.Has(share.cause) ? 1.0 : 0.0);
      if (!verdict.correct) of_failures.push_back(of_all.back());
    }
    share.of_all = ShareInterval(window, of_all, level);
    share.of_failures =
        of_failures.empty() ? Interval{0.0, 0.0, 1.0} : ShareInterval(failures, of_failures, level);
    shares.push_back(share);
  }
  return shares;
}

// What the verdicts cannot speak for. Inferences that were never chosen are spoken for by those of
// their epoch that were; those that were chosen and lost may not be like the rest.
void Represent(std::span<const Verdict> verdicts, std::span<const EpochCounts> counts,
               bool parts_of_epochs, Estimate& estimate) {
  std::map<std::int64_t, std::int64_t> present;
  for (const Verdict& verdict : verdicts) ++present[verdict.epoch];
  double seen = 0.0, represented = 0.0, dropped = 0.0, expired = 0.0;
  for (const EpochCounts& count : counts) {
    const auto found = present.find(count.epoch);
    const bool judged_here = found != present.end();
    const auto judged = static_cast<double>(count.judged);
    const double part =
        parts_of_epochs && judged_here ? static_cast<double>(found->second) / judged : 1.0;
    const double seen_here = part * static_cast<double>(count.seen);
    seen += seen_here;
    dropped += part * static_cast<double>(count.dropped);
    expired += part * static_cast<double>(count.expired);
    if (!judged_here) {
      estimate.unjudged += count.seen;
    } else {
      const std::int64_t lost = count.dropped + count.expired + count.set_aside;
      represented += seen_here * judged / (judged + static_cast<double>(lost));
    }
  }
  estimate.dropped = std::llround(dropped);
  estimate.expired = std::llround(expired);
  if (seen > 0.0) estimate.represented = represented / seen;
}

std::string ReasonForNone(const Calibration& calibration, const Window& window,
                          const PerformanceOptions& options) {
  if (window.records.empty()) return "no verdicts in this window";
  if (!(calibration.auroc() >= Calibration::kMinimumAuroc)) {
    return Text("the estimator cannot tell right from wrong: AUROC ", calibration.auroc(),
                " on calibration, expected at least ", Calibration::kMinimumAuroc);
  }
  if (!options.blocks.independent && window.blocks < 2) {
    return Text("all ", window.records.size(), " records lie in one block (",
                options.blocks.tag.empty() ? Text(options.blocks.seconds, " s")
                                           : Text("tag '", options.blocks.tag, "'"),
                "), expected at least 2 blocks");
  }
  return {};
}

}  // namespace

Estimate EstimatePerformance(std::span<const Verdict> verdicts, std::span<const EpochCounts> counts,
                             const Calibration& calibration, const PerformanceOptions& options) {
  if (!(options.level > 0.0 && options.level < 1.0)) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text("interval of level ", options.level, ", expected within 0 and 1"));
  }
  const Window window = WeighRecords(verdicts, counts, options.blocks);
  Estimate estimate{.level = options.level};
  estimate.records = static_cast<std::int64_t>(verdicts.size());
  estimate.blocks = window.blocks;
  estimate.inferences = window.total_weight;
  Represent(verdicts, counts, options.parts_of_epochs, estimate);
  estimate.reason_if_none = ReasonForNone(calibration, window, options);
  if (window.records.empty()) return estimate;

  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    estimate.raw_mean += window.records[i].weight * verdicts[i].p_correct / window.total_weight;
  }
  estimate.causes = ShareCauses(verdicts, window, options.level);
  const Calibrated calibrated = ApplyCalibration(verdicts, window, calibration);
  const MeanVariance scores = VarianceOfMean(window, calibrated.rates);
  double squares = 0.0;
  for (const WeightedRecord& record : window.records) squares += record.weight * record.weight;
  estimate.effective_samples = window.total_weight * window.total_weight / squares;
  if (scores.clustered > scores.independent) {
    estimate.effective_samples *= scores.independent / scores.clustered;
  }
  const std::vector<Histogram> mixes = calibration.Histograms();
  estimate.outside_calibrated_conditions =
      IsOutsideBlends(DistanceFromBlends({calibrated.shares, estimate.effective_samples}, mixes),
                      calibration.blend_tolerance());
  if (!estimate.reason_if_none.empty()) return estimate;
  estimate.available = true;
  estimate.accuracy = AccuracyInterval(calibrated, scores, window, calibration, options);
  return estimate;
}

}  // namespace vigil
