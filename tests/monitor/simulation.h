// A world where T, PE and the truth are all drawn: what the intervals promise is counted in it.
#ifndef VIGIL_TESTS_MONITOR_SIMULATION_H_
#define VIGIL_TESTS_MONITOR_SIMULATION_H_

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "estimator/monitor/performance.h"

namespace vigil::simulation {

using Random = std::mt19937_64;

inline double Uniform(Random& random) { return std::uniform_real_distribution<double>()(random); }
inline double Normal(Random& random) { return std::normal_distribution<double>()(random); }

struct Design {
  int mixes = 40;
  int images_a_mix = 100;
  double skill = 1.5;      // of T: its margin on an easy image
  double blindness = 1.0;  // standard deviation of PE's noise
  double bias = 1.0;       // of PE, by cause
  double variety = 1.5;    // of the mixes
  // The window.
  int frames = 1000;
  int frames_a_scene = 1;  // 60: two seconds at 30 Hz
  double frames_a_second = 30.0;
  double persistence = 0.0;
  int frames_an_epoch = 1000;
  int judged_an_epoch = 1000;  // drawn without replacement
  PerformanceOptions options;
};

// One draw of conditions: how common each cause is (the last is "nothing applied"), how severe.
struct Mix {
  std::array<double, kCauseCount> share{};
  double mildness = 1.0;  // severity = uniform ^ mildness
};

// Variety 0: the same shares always; 1.5: from nearly clean to nearly all spoiled.
inline Mix DrawMix(Random& random, double variety) {
  Mix mix;
  double total = 0.0;
  for (double& share : mix.share)
    total += share = std::pow(-std::log(1.0 - Uniform(random)), variety);
  for (double& share : mix.share) share /= total;
  mix.mildness = std::exp(0.3 * variety * Normal(random));
  return mix;
}

// What all frames of a scene have in common.
struct Scene {
  int cause = 0;  // kCauseCount - 1: nothing applied
  double severity = 0.0;
  double ease = 0.0;
};

inline Scene DrawScene(Random& random, const Mix& mix) {
  Scene scene;
  double left = Uniform(random);
  while (scene.cause < kCauseCount - 1 &&
         left >= mix.share[static_cast<std::size_t>(scene.cause)]) {
    left -= mix.share[static_cast<std::size_t>(scene.cause++)];
  }
  scene.severity = scene.cause == kCauseCount - 1 ? 0.0 : std::pow(Uniform(random), mix.mildness);
  scene.ease = Normal(random);
  return scene;
}

struct Frame {
  bool correct = false;
  float p_correct = 0.0f;
  std::array<float, kCauseCount> p_cause{};
};

// T is right where the margin is positive; PE sees the margin through noise, with a bias that
// depends on the cause: mixes therefore differ in what one score is worth. `persistence` is the
// part of a frame's variance that it shares with its scene.
inline Frame DrawFrame(Random& random, const Scene& scene, const Design& design,
                       double persistence) {
  constexpr std::array<double, kCauseCount> kHarm = {3.0, 2.5, 3.5, 2.0, 0.0};
  constexpr std::array<double, kCauseCount> kBias = {0.5, -0.4, 0.2, -0.3, 0.0};
  const auto cause = static_cast<std::size_t>(scene.cause);
  const double ease =
      std::sqrt(persistence) * scene.ease + std::sqrt(1.0 - persistence) * Normal(random);
  const double margin = design.skill + ease - kHarm[cause] * scene.severity;
  Frame frame;
  frame.correct = margin > 0.0;
  const double logit = margin + design.bias * kBias[cause] + design.blindness * Normal(random);
  frame.p_correct = static_cast<float>(1.0 / (1.0 + std::exp(-logit)));
  for (std::size_t c = 0; c < kCauseCount; ++c) {
    frame.p_cause[c] = static_cast<float>(0.5 * Uniform(random) + (c == cause ? 0.35 : 0.0));
  }
  return frame;
}

inline Calibration DrawCalibration(Random& random, const Design& design) {
  std::vector<CalibrationSample> samples;
  for (int m = 0; m < design.mixes; ++m) {
    const Mix mix = DrawMix(random, design.variety);
    for (int i = 0; i < design.images_a_mix; ++i) {
      const Frame frame = DrawFrame(random, DrawScene(random, mix), design, 0.0);
      samples.push_back({m, frame.p_correct, frame.p_cause, frame.correct});
    }
  }
  return FitCalibration(samples);
}

struct Stream {
  std::vector<Verdict> verdicts;
  std::vector<EpochCounts> counts;
  double true_accuracy = 0.0;  // over all frames, judged or not
};

inline Stream DrawStream(Random& random, const Design& design) {
  Stream stream;
  const Mix mix = DrawMix(random, design.variety);
  Scene scene;
  int judged = 0;
  for (int i = 0; i < design.frames; ++i) {
    if (i % design.frames_a_scene == 0) scene = DrawScene(random, mix);
    const Frame frame = DrawFrame(random, scene, design, design.persistence);
    stream.true_accuracy += (frame.correct ? 1.0 : 0.0) / design.frames;
    const int place = i % design.frames_an_epoch;
    if (place == 0) {
      stream.counts.push_back({.epoch = i / design.frames_an_epoch});
      judged = 0;
    }
    ++stream.counts.back().seen;
    // Selection sampling: every subset of the epoch is as likely as any other.
    const int wanted = design.judged_an_epoch - judged, left = design.frames_an_epoch - place;
    if (Uniform(random) * left >= wanted) continue;
    ++judged;
    ++stream.counts.back().judged;
    ++stream.counts.back().kept;
    Verdict verdict{.time_micros = static_cast<std::int64_t>(i / design.frames_a_second * 1e6)};
    verdict.epoch = stream.counts.back().epoch;
    verdict.p_correct = frame.p_correct;
    verdict.p_cause = frame.p_cause;
    verdict.correct = frame.p_correct >= 0.5f;
    stream.verdicts.push_back(verdict);
  }
  return stream;
}

struct Coverage {
  double inside = 0.0;   // share of redraws whose interval held the truth
  double flagged = 0.0;  // share marked outside calibrated conditions
  double mean_width = 0.0, mean_error = 0.0;
};

// Calibration set and window are both drawn anew each time, from one family of mixes.
inline Coverage MeasureCoverage(const Design& design, int redraws, std::uint64_t seed) {
  Random random(seed);
  Coverage coverage;
  for (int i = 0; i < redraws; ++i) {
    const Calibration calibration = DrawCalibration(random, design);
    const Stream stream = DrawStream(random, design);
    const Estimate estimate =
        EstimatePerformance(stream.verdicts, stream.counts, calibration, design.options);
    const Interval& interval = estimate.accuracy;
    const double truth = stream.true_accuracy;
    coverage.inside += (interval.low <= truth && truth <= interval.high ? 1.0 : 0.0) / redraws;
    coverage.flagged += (estimate.outside_calibrated_conditions ? 1.0 : 0.0) / redraws;
    coverage.mean_width += (interval.high - interval.low) / redraws;
    coverage.mean_error += std::abs(interval.value - truth) / redraws;
  }
  return coverage;
}

}  // namespace vigil::simulation

#endif  // VIGIL_TESTS_MONITOR_SIMULATION_H_
