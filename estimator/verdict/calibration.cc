#include "estimator/verdict/calibration.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr double kPseudoRecords = 8.0;

struct Totals {
  std::vector<double> seen, right;
};

// Rates that rise with the band: adjacent bands that fall are pooled. Half a record of each outcome
// keeps every rate off 0 and 1.
std::vector<double> RisingRates(const Totals& bands) {
  struct Pool {
    double seen, right;
    int members;
    double rate() const { return right / seen; }
  };
  std::vector<Pool> pools;
  for (std::size_t band = 0; band < bands.seen.size(); ++band) {
    pools.push_back({bands.seen[band] + 1.0, bands.right[band] + 0.5, 1});
    while (pools.size() > 1 && pools[pools.size() - 2].rate() >= pools.back().rate()) {
      const Pool last = pools.back();
      pools.pop_back();
      pools.back() = {pools.back().seen + last.seen, pools.back().right + last.right,
                      pools.back().members + last.members};
    }
  }
  std::vector<double> rates;
  for (const Pool& pool : pools) {
    rates.insert(rates.end(), static_cast<std::size_t>(pool.members), pool.rate());
  }
  return rates;
}

std::vector<double> FitRates(const Strata& strata, const Totals& totals) {
  const auto band_count = static_cast<std::size_t>(strata.bands());
  Totals bands{std::vector<double>(band_count, 0.0), std::vector<double>(band_count, 0.0)};
  for (std::size_t s = 0; s < totals.seen.size(); ++s) {
    bands.seen[s % band_count] += totals.seen[s];
    bands.right[s % band_count] += totals.right[s];
  }
  const std::vector<double> band_rates = RisingRates(bands);
  std::vector<double> rates(totals.seen.size());
  for (std::size_t s = 0; s < rates.size(); ++s) {
    rates[s] = (totals.right[s] + kPseudoRecords * band_rates[s % band_count]) /
               (totals.seen[s] + kPseudoRecords);
  }
  return rates;
}

Totals AddUp(std::span<const MixCounts> mixes, std::size_t strata_count) {
  Totals all{std::vector<double>(strata_count, 0.0), std::vector<double>(strata_count, 0.0)};
  for (const MixCounts& mix : mixes) {
    for (std::size_t s = 0; s < strata_count; ++s) {
      all.seen[s] += mix.seen[s];
      all.right[s] += mix.right[s];
    }
  }
  return all;
}

Totals Without(Totals all, const MixCounts& mix) {
  for (std::size_t s = 0; s < all.seen.size(); ++s) {
    all.seen[s] -= mix.seen[s];
    all.right[s] -= mix.right[s];
  }
  return all;
}

// Variance of the rates over that of the outcomes.
double ExplainedShare(std::span<const double> rates, std::span<const double> seen) {
  const double total = std::accumulate(seen.begin(), seen.end(), 0.0);
  const double mean = std::inner_product(rates.begin(), rates.end(), seen.begin(), 0.0) / total;
  double explained = 0.0;
  for (std::size_t s = 0; s < rates.size(); ++s) {
    explained += seen[s] * (rates[s] - mean) * (rates[s] - mean) / total;
  }
  return explained / (mean * (1.0 - mean));
}

Histogram SharesOf(const MixCounts& mix) {
  Histogram histogram{std::vector<double>(mix.seen.begin(), mix.seen.end())};
  histogram.records = std::accumulate(histogram.shares.begin(), histogram.shares.end(), 0.0);
  for (double& share : histogram.shares) share /= histogram.records;
  return histogram;
}

void CheckMixes(const Strata& strata, std::span<const MixCounts> mixes) {
  const auto fail = [](const std::string& message) {
    throw Error(Fault::kModel, ErrorCode::kMalformed, "calibration: " + message);
  };
  if (mixes.size() < static_cast<std::size_t>(Calibration::kMinimumMixes)) {
    fail(Text(mixes.size(), " mixes, expected at least ", Calibration::kMinimumMixes));
  }
  const auto strata_count = static_cast<std::size_t>(strata.size());
  for (std::size_t m = 0; m < mixes.size(); ++m) {
    const MixCounts& mix = mixes[m];
    if (mix.seen.size() != strata_count || mix.right.size() != strata_count) {
      fail(Text("mix ", m, " has ", mix.seen.size(), " and ", mix.right.size(),
                " counts, expected ", strata_count));
    }
    std::int64_t records = 0;
    for (std::size_t s = 0; s < strata_count; ++s) {
      if (mix.right[s] < 0 || mix.right[s] > mix.seen[s]) {
        fail(Text("mix ", m, " stratum ", s, " has ", mix.right[s], " right of ", mix.seen[s]));
      }
      records += mix.seen[s];
    }
    if (records == 0) fail(Text("mix ", m, " is empty"));
  }
}

// What one mix says of the rates that were fitted without it.
struct MixError {
  double squared = 0.0;     // of mean outcome - calibrated mean
  double sampling = 0.0;    // variance that sampling and the rates' uncertainty explain
  double dispersion = 0.0;  // mean of rate * (1 - rate): what phi multiplies
};

MixError ErrorOf(const MixCounts& counts, const Histogram& mix, std::span<const double> rates,
                 double rate_variance) {
  MixError error;
  double difference = 0.0;
  for (std::size_t s = 0; s < rates.size(); ++s) {
    difference += counts.right[s] / mix.records - mix.shares[s] * rates[s];
    error.dispersion += mix.shares[s] * rates[s] * (1.0 - rates[s]);
  }
  error.squared = difference * difference;
  error.sampling = error.dispersion / mix.records + rate_variance;
  return error;
}

double LogOdds(double rate) { return std::log(rate / (1.0 - rate)); }

// Pseudo-records keep fitted rates off 0 and 1.
double Adjusted(double rate, const CalibrationAdjustment& adjustment) {
  return 1.0 / (1.0 + std::exp(-(adjustment.shift + adjustment.slope * LogOdds(rate))));
}

void CheckAdjustment(const CalibrationAdjustment& adjustment) {
  const auto& [shift, both, slope] = adjustment.covariance;
  const bool finite = std::isfinite(adjustment.shift) && std::isfinite(adjustment.slope) &&
                      std::isfinite(shift) && std::isfinite(both) && std::isfinite(slope);
  // Positive semidefinite, to rounding.
  const bool covariance = shift >= 0.0 && slope >= 0.0 && both * both <= shift * slope * (1 + 1e-9);
  if (finite && covariance && adjustment.slope > 0.0 && adjustment.labels >= 0) return;
  throw Error(
      Fault::kModel, ErrorCode::kMalformed,
      Text("calibration: adjustment of shift ", adjustment.shift, ", slope ", adjustment.slope,
           ", covariance ", shift, ", ", both, ", ", slope, " from ", adjustment.labels,
           " labels, expected finite numbers, a positive slope and a covariance"));
}

// phi >= 0 where the squared errors, each over its variance, add up to their number.
double FitOverdispersion(std::span<const MixError> errors) {
  const auto standardised = [&](double phi) {
    double sum = 0.0;
    for (const MixError& e : errors) sum += e.squared / (e.sampling + phi * e.dispersion);
    return sum;
  };
  const auto target = static_cast<double>(errors.size());
  if (standardised(0.0) <= target) return 0.0;
  double low = 0.0, high = 1.0;
  while (standardised(high) > target) high *= 2.0;
  while (high - low > 1e-9 * (1.0 + high)) {
    const double middle = 0.5 * (low + high);
    (standardised(middle) > target ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

}  // namespace

Calibration::Calibration(Strata strata, std::vector<MixCounts> mixes, double auroc,
                         double blend_tolerance)
    : strata_(std::move(strata)),
      mixes_(std::move(mixes)),
      auroc_(auroc),
      blend_tolerance_(blend_tolerance) {
  CheckMixes(strata_, mixes_);
  const Totals all = AddUp(mixes_, static_cast<std::size_t>(strata_.size()));
  fitted_ = FitRates(strata_, all);
  rates_ = fitted_;
  const double seen = std::accumulate(all.seen.begin(), all.seen.end(), 0.0);
  samples_ = static_cast<std::int64_t>(seen);
  accuracy_ = std::accumulate(all.right.begin(), all.right.end(), 0.0) / seen;
  discrimination_ = ExplainedShare(rates_, all.seen);
  for (const MixCounts& mix : mixes_)
    fitted_without_.push_back(FitRates(strata_, Without(all, mix)));
  rates_without_ = fitted_without_;
  std::vector<MixError> errors;
  for (std::size_t m = 0; m < mixes_.size(); ++m) {
    const Histogram mix = SharesOf(mixes_[m]);
    errors.push_back(ErrorOf(mixes_[m], mix, rates_without_[m], RateVariance(mix.shares)));
  }
  overdispersion_ = FitOverdispersion(errors);
}

double Calibration::RateVariance(std::span<const double> shares) const {
  VIGIL_CHECK(shares.size() == rates_.size());
  std::vector<double> means;
  for (const std::vector<double>& rates : rates_without_) {
    means.push_back(std::inner_product(shares.begin(), shares.end(), rates.begin(), 0.0));
  }
  const auto mixes = static_cast<double>(means.size());
  const double mean = std::accumulate(means.begin(), means.end(), 0.0) / mixes;
  double squares = 0.0;
  for (const double value : means) squares += (value - mean) * (value - mean);
  return squares * (mixes - 1.0) / mixes + AdjustmentVariance(shares);
}

// By the delta method: how the mean moves with the shift and with the slope.
double Calibration::AdjustmentVariance(std::span<const double> shares) const {
  if (!adjustment_) return 0.0;
  double with_shift = 0.0, with_slope = 0.0;
  for (std::size_t s = 0; s < rates_.size(); ++s) {
    const double moves = shares[s] * rates_[s] * (1.0 - rates_[s]);
    with_shift += moves;
    with_slope += moves * LogOdds(fitted_[s]);
  }
  const auto& [shift, both, slope] = adjustment_->covariance;
  return with_shift * with_shift * shift + 2.0 * with_shift * with_slope * both +
         with_slope * with_slope * slope;
}

Calibration Calibration::WithAdjustment(std::optional<CalibrationAdjustment> adjustment) const {
  Calibration adjusted = *this;
  adjusted.rates_ = fitted_;
  adjusted.rates_without_ = fitted_without_;
  adjusted.adjustment_ = adjustment;
  if (!adjustment) return adjusted;
  CheckAdjustment(*adjustment);
  for (double& rate : adjusted.rates_) rate = Adjusted(rate, *adjustment);
  for (std::vector<double>& rates : adjusted.rates_without_) {
    for (double& rate : rates) rate = Adjusted(rate, *adjustment);
  }
  return adjusted;
}

std::vector<Histogram> Calibration::Histograms() const {
  std::vector<Histogram> histograms;
  for (const MixCounts& mix : mixes_) histograms.push_back(SharesOf(mix));
  return histograms;
}

}  // namespace vigil
