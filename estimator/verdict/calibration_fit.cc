#include <cmath>
#include <map>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/verdict/calibration.h"
#include "estimator/verdict/ranking.h"

namespace vigil {
namespace {

[[noreturn]] void Refuse(const std::string& message) {
  throw Error(Fault::kTraining, ErrorCode::kInvalidValue, "calibration: " + message);
}

void CheckSamples(std::span<const CalibrationSample> samples) {
  std::int64_t right = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto check = [&](float p, std::string_view name) {
      if (!(p >= 0.0f && p <= 1.0f)) {
        Refuse(Text("sample ", i, " has p(", name, ") = ", p, ", expected 0 to 1"));
      }
    };
    check(samples[i].p_correct, "correct");
    for (int c = 0; c < kCauseCount; ++c) {
      check(samples[i].p_cause[static_cast<std::size_t>(c)], CauseName(static_cast<Cause>(c)));
    }
    right += samples[i].correct ? 1 : 0;
  }
  if (right == 0 || right == static_cast<std::int64_t>(samples.size())) {
    Refuse(Text("T is right on ", right, " of ", samples.size(),
                " samples, expected both right and wrong ones"));
  }
}

}  // namespace

Calibration FitCalibration(std::span<const CalibrationSample> samples,
                           const CalibrationOptions& options) {
  CheckSamples(samples);
  std::vector<float> p_correct;
  std::vector<Ranked> ranked;
  for (const CalibrationSample& sample : samples) {
    p_correct.push_back(sample.p_correct);
    ranked.push_back({sample.p_correct, sample.correct});
  }
  Strata strata = Strata::FromQuantiles(std::move(p_correct), options.bands, options.threshold);
  const auto strata_count = static_cast<std::size_t>(strata.size());
  std::map<int, MixCounts> by_mix;
  for (const CalibrationSample& sample : samples) {
    MixCounts& mix = by_mix[sample.mix];
    mix.seen.resize(strata_count);
    mix.right.resize(strata_count);
    const auto s = static_cast<std::size_t>(strata.StratumOf(sample.p_correct, sample.p_cause));
    ++mix.seen[s];
    mix.right[s] += sample.correct ? 1 : 0;
  }
  if (by_mix.size() < static_cast<std::size_t>(Calibration::kMinimumMixes)) {
    Refuse(Text(by_mix.size(), " mixes, expected at least ", Calibration::kMinimumMixes,
                ": what differs between mixes cannot be told from so few"));
  }
  std::vector<MixCounts> mixes;
  for (auto& [id, mix] : by_mix) mixes.push_back(std::move(mix));
  const double auroc = Auroc(ranked);
  const Calibration without_tolerance(strata, mixes, auroc, 0.0);
  return Calibration(std::move(strata), std::move(mixes), auroc,
                     BlendTolerance(without_tolerance.Histograms()));
}

}  // namespace vigil
