// A device's life as features: scenes, weather, days and nights, and what is planted in it.
#ifndef VIGIL_TESTS_MONITOR_DRIFT_WORLD_H_
#define VIGIL_TESTS_MONITOR_DRIFT_WORLD_H_

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <random>
#include <vector>

#include "estimator/store/record.h"

namespace vigil::drift_world {

struct Design {
  double records_a_day = 100.0;
  // Parts of a record's variance; the rest is its own.
  double scene = 0.25;    // a process with a memory of half an hour
  double weather = 0.05;  // of two days
  double cycle = 0.1;     // of the day
  int embedding = 16;
  bool outlier = true, flip_rate = true;
  std::uint64_t seed = 1;
};

struct Pair {
  Record record;
  Verdict verdict;
};

inline constexpr double kDaySeconds = 86400.0;
inline constexpr std::int64_t kFirstDay = 20000;  // since 1970

inline std::int64_t DayMicros(double day) {
  return static_cast<std::int64_t>((static_cast<double>(kFirstDay) + day) * kDaySeconds * 1e6);
}
inline double DayOf(std::int64_t micros) {
  return static_cast<double>(micros) / (kDaySeconds * 1e6) - static_cast<double>(kFirstDay);
}

// A stationary Gaussian process with a memory: variance 1, correlation exp(-time / memory).
class Slow {
 public:
  explicit Slow(double memory_seconds) : memory_(memory_seconds) {}
  template <typename Random>
  double At(double seconds, Random& random) {
    const double kept = last_ < 0.0 ? 0.0 : std::exp(-(seconds - last_) / memory_);
    value_ = kept * value_ + std::sqrt(1.0 - kept * kept) * normal_(random);
    last_ = seconds;
    return value_;
  }

 private:
  double memory_, last_ = -1.0, value_ = 0.0;
  std::normal_distribution<double> normal_;
};

class World {
 public:
  explicit World(const Design& design) : design_(design), random_(design.seed) {
    for (std::size_t f = 0; f < kFactors; ++f) {
      scenes_.emplace_back(1800.0);
      weather_.emplace_back(2.0 * kDaySeconds);
    }
    std::mt19937_64 mixing(7);  // T's: the same in every world
    for (std::size_t i = 0; i < kMixed; ++i) {
      double length = 0.0;
      for (double& weight : mixing_[i]) length += std::pow(weight = normal_(mixing), 2);
      for (double& weight : mixing_[i]) weight /= std::sqrt(length);
    }
  }

  // The records of one day in the order in which an evaluator reads them: by hour, at random
  // within it. `change` may change each, given its time in days.
  std::vector<Pair> Day(int day, const std::function<void(double, Pair&)>& change = {}) {
    std::vector<double> times;
    std::poisson_distribution<int> count(design_.records_a_day);
    for (int n = count(random_); n > 0; --n) times.push_back(day + uniform_(random_));
    std::ranges::sort(times);
    std::vector<Pair> pairs;
    std::size_t hour_begins = 0;
    int hour = -1;
    for (const double time : times) {
      if (static_cast<int>(time * 24.0) != hour) {
        std::shuffle(pairs.begin() + static_cast<std::ptrdiff_t>(hour_begins), pairs.end(),
                     random_);
        hour_begins = pairs.size();
        hour = static_cast<int>(time * 24.0);
      }
      pairs.push_back(Draw(time));
      if (change) change(time, pairs.back());
    }
    std::shuffle(pairs.begin() + static_cast<std::ptrdiff_t>(hour_begins), pairs.end(), random_);
    return pairs;
  }

  double Normal() { return normal_(random_); }
  double Uniform() { return uniform_(random_); }

 private:
  static constexpr std::size_t kFactors = 4, kStatistics = 8, kClasses = 10, kMixed = 48;

  Pair Draw(double day) {
    std::array<double, kFactors> factors;
    const double seconds = day * kDaySeconds;
    const double own = std::max(0.0, 1.0 - design_.scene - design_.weather - design_.cycle);
    for (std::size_t f = 0; f < kFactors; ++f) {
      const double phase =
          2.0 * std::numbers::pi * (day - std::floor(day)) + static_cast<double>(f);
      factors[f] = std::sqrt(design_.scene) * scenes_[f].At(seconds, random_) +
                   std::sqrt(design_.weather) * weather_[f].At(seconds, random_) +
                   std::sqrt(2.0 * design_.cycle) * std::cos(phase) +
                   std::sqrt(own) * normal_(random_);
    }
    std::size_t row = 0;
    const auto next = [&] {
      double sum = 0.0;
      for (std::size_t f = 0; f < kFactors; ++f) sum += mixing_[row % kMixed][f] * factors[f];
      ++row;
      return 0.9 * sum + 0.436 * normal_(random_);  // variance 1
    };
    Pair pair;
    Record& record = pair.record;
    Verdict& verdict = pair.verdict;
    record.time_micros = verdict.time_micros = DayMicros(day);
    record.model_hash = verdict.model_hash = 11;
    verdict.estimator_hash = 12;
    record.statistics.resize(kStatistics);
    for (std::size_t i = 0; i < kStatistics; ++i)
      record.statistics[i] =
          static_cast<float>((i % 2 == 0 ? 0.45 + 0.02 * static_cast<double>(i) : 0.25) +
                             (i % 2 == 0 ? 0.1 : 0.04) * next());
    for (std::size_t c = 0; c < kClasses; ++c)
      record.output.push_back(static_cast<float>(2.0 * next()));
    for (int e = 0; e < design_.embedding; ++e)
      verdict.embedding.push_back(static_cast<float>(next()));
    verdict.p_correct_calibrated = verdict.p_correct =
        static_cast<float>(1.0 / (1.0 + std::exp(-1.8 - 1.2 * next())));
    for (float& p : verdict.p_cause) p = static_cast<float>(1.0 / (1.0 + std::exp(2.5 - next())));
    if (design_.outlier)
      verdict.readings.outlier = static_cast<float>(0.5 * std::erfc(-next() / std::sqrt(2.0)));
    if (design_.flip_rate)
      verdict.readings.flip_rate = static_cast<float>(1.0 / (1.0 + std::exp(3.0 - next())));
    return pair;
  }

  Design design_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
  std::vector<Slow> scenes_, weather_;
  std::array<std::array<double, kFactors>, kMixed> mixing_;
};

}  // namespace vigil::drift_world

#endif  // VIGIL_TESTS_MONITOR_DRIFT_WORLD_H_
