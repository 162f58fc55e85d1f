// What made-up records give away of the real ones that their generator was fitted on.
#ifndef VIGIL_ESTIMATOR_EVALUATION_REPLAY_LEAKS_H_
#define VIGIL_ESTIMATOR_EVALUATION_REPLAY_LEAKS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "estimator/evaluation/bootstrap.h"

namespace vigil {

// Records as points, one row of numbers each, of equal scale.
struct ReplayPoints {
  std::size_t width = 0;
  std::vector<float> values;

  std::size_t size() const { return width == 0 ? 0 : values.size() / width; }
  std::span<const float> row(std::size_t i) const {
    return std::span(values).subspan(i * width, width);
  }
};

// From each of `points` to the nearest of `others`, Euclidean. REQUIRES: both of one width, not
// empty.
std::vector<double> NearestDistances(const ReplayPoints& points, const ReplayPoints& others);

// How near replayed records come to training records, beside how near real records come that were
// not among those.
struct ReplayNearness {
  double replayed = 0.0, held_out = 0.0;  // median distance to the nearest training record
  double ratio = 0.0;                     // of the two; near 0: copies
  Interval nearer;  // share of replayed nearer than 99 % of those held out; 1 % is by chance
};
// REQUIRES: neither empty.
ReplayNearness NearnessOf(std::span<const double> replayed, std::span<const double> held_out);

// Can an attacker tell members of the training set by a score that should be high for them? AUC,
// 0.5 by chance, with the interval of draws of whole groups. `groups` of each; those of members and
// of others are never the same. REQUIRES: scores without NaN, as many groups, neither empty.
Interval MembershipAttack(std::span<const double> members, std::span<const int> member_groups,
                          std::span<const double> others, std::span<const int> other_groups,
                          int draws, std::uint64_t seed);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_REPLAY_LEAKS_H_
