// Random numbers that are the same on every machine and for every standard library.
#ifndef VIGIL_ESTIMATOR_DATA_RANDOM_H_
#define VIGIL_ESTIMATOR_DATA_RANDOM_H_

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <numbers>

namespace vigil {

// SplitMix64 (Steele, Lea, Flood 2014), started from a list of keys such as {seed, epoch, index},
// so that each sample has a stream of its own and none depends on the order in which samples are
// read. The <random> distributions are left to the implementation by the standard; these are not.
// A value type for one thread.
class Random {
 public:
  Random(std::initializer_list<std::uint64_t> keys) {
    for (const std::uint64_t key : keys) state_ = Mix(state_ ^ Mix(key + kStep));
  }

  std::uint64_t Next() { return Mix(state_ += kStep); }

  // In [low, high); low where both are equal.
  double Uniform(double low = 0.0, double high = 1.0) {
    return low + (high - low) * (static_cast<double>(Next() >> 11) * 0x1p-53);
  }
  float UniformFloat(double low, double high) { return static_cast<float>(Uniform(low, high)); }

  // In 0 .. count - 1. REQUIRES: count > 0. The bias is under count / 2^53.
  int Below(int count) { return static_cast<int>(Uniform() * count); }

  bool Chance(double probability) { return Uniform() < probability; }
  double Sign() { return Chance(0.5) ? 1.0 : -1.0; }

  // Mean 0, standard deviation 1 (Box-Muller).
  double Normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - Uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * Uniform());
  }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15u;

  static constexpr std::uint64_t Mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  std::uint64_t state_ = 0;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_RANDOM_H_
