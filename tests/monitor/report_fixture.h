// A calibration and verdicts whose figures can be worked out by hand.
#ifndef VIGIL_TESTS_MONITOR_REPORT_FIXTURE_H_
#define VIGIL_TESTS_MONITOR_REPORT_FIXTURE_H_

#include <vector>

#include "estimator/verdict/calibration.h"

namespace vigil::testing {

inline constexpr std::int64_t kSecond = 1'000'000, kHour = 3600 * kSecond, kDay = 24 * kHour;

// Rates of 0.2 below p_correct 0.5 (for localization) and 0.9 above, in mixes that agree; half of
// each mix lies in either stratum.
inline Calibration AgreedCalibration(double auroc = 0.85) {
  Strata strata({0.5f}, 0.5f);
  MixCounts mix{std::vector<std::int32_t>(static_cast<std::size_t>(strata.size())), {}};
  mix.right = mix.seen;
  mix.seen[0] = 100000;
  mix.right[0] = 20000;
  mix.seen[11] = 100000;
  mix.right[11] = 90000;
  return Calibration(strata, std::vector<MixCounts>(20, mix), auroc, 0.0);
}

// Judged right (calibrated 0.9), or wrong for localization (0.2).
inline Verdict VerdictAt(std::int64_t micros, bool correct, std::int64_t epoch = 0) {
  Verdict verdict{.record_id = 7, .time_micros = micros, .model_hash = 1, .estimator_hash = 2};
  verdict.epoch = epoch;
  verdict.p_correct = correct ? 0.8f : 0.1f;
  verdict.p_cause[0] = 0.9f;
  verdict.correct = correct;
  if (!correct) verdict.causes.Add(Cause::kLocalization);
  return verdict;
}

// `count` verdicts from `start` on, a minute apart (a block each); every `period`-th is wrong.
inline void AddVerdicts(std::vector<Verdict>& verdicts, std::int64_t start, int count, int period,
                        std::int64_t epoch = 0) {
  for (int i = 0; i < count; ++i) {
    verdicts.push_back(VerdictAt(start + i * 60 * kSecond, i % period != 0, epoch));
  }
}

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_MONITOR_REPORT_FIXTURE_H_
