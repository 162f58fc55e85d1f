#include "estimator/verdict/blends.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "estimator/verdict/distributions.h"

namespace vigil {
namespace {

constexpr int kIterations = 60;
constexpr double kSmallCell = 0.01;
constexpr double kLevel = 0.99;
constexpr double kToleratedShare = 0.95;  // of the members; the corners of a family are its own

// Which cells are large enough to stand alone, by their share in the pool of the members.
std::vector<bool> LargeCells(std::span<const Histogram> members) {
  std::vector<double> pool(members.front().shares.size(), 0.0);
  double records = 0.0;
  for (const Histogram& member : members) {
    VIGIL_CHECK(member.shares.size() == pool.size());
    for (std::size_t c = 0; c < pool.size(); ++c) pool[c] += member.shares[c] * member.records;
    records += member.records;
  }
  std::vector<bool> large(pool.size());
  for (std::size_t c = 0; c < pool.size(); ++c) large[c] = pool[c] >= kSmallCell * records;
  return large;
}

// Large cells as they are, then one cell of all the rest.
std::vector<double> Merge(std::span<const double> shares, const std::vector<bool>& large) {
  std::vector<double> merged;
  double rest = 0.0;
  for (std::size_t c = 0; c < shares.size(); ++c) {
    if (large[c]) {
      merged.push_back(shares[c]);
    } else {
      rest += shares[c];
    }
  }
  merged.push_back(rest);
  return merged;
}

std::vector<double> Blend(const std::vector<std::vector<double>>& members,
                          std::span<const double> weights, double floor) {
  std::vector<double> blend(members.front().size(), floor);
  for (std::size_t m = 0; m < members.size(); ++m) {
    for (std::size_t c = 0; c < blend.size(); ++c) blend[c] += weights[m] * members[m][c];
  }
  return blend;
}

}  // namespace

BlendDistance DistanceFromBlends(const Histogram& window, std::span<const Histogram> members) {
  const std::vector<bool> large = LargeCells(members);
  const std::vector<double> observed = Merge(window.shares, large);
  std::vector<std::vector<double>> shares;
  double records = 0.0;
  for (const Histogram& member : members) {
    shares.push_back(Merge(member.shares, large));
    records += member.records;
  }
  // Half a record of the pool: a cell that no member has is unlikely, not impossible.
  const double floor = 0.5 / std::max(records, 1.0);
  std::vector<double> weights(members.size(), 1.0 / static_cast<double>(members.size()));
  for (int i = 0; i < kIterations; ++i) {
    const std::vector<double> blend = Blend(shares, weights, floor);
    for (std::size_t m = 0; m < weights.size(); ++m) {
      double fit = 0.0;
      for (std::size_t c = 0; c < blend.size(); ++c) fit += observed[c] / blend[c] * shares[m][c];
      weights[m] *= fit;
    }
  }
  double total = 0.0, noise = 0.0;
  for (const double weight : weights) total += weight;
  for (std::size_t m = 0; m < weights.size(); ++m) {
    weights[m] /= total;
    noise += weights[m] * weights[m] / std::max(members[m].records, 1.0);
  }
  const std::vector<double> blend = Blend(shares, weights, floor);
  BlendDistance distance{.degrees = static_cast<double>(blend.size() - 1)};
  distance.records = window.records / (1.0 + window.records * noise);
  for (std::size_t c = 0; c < blend.size(); ++c) {
    if (observed[c] > 0.0) {
      distance.g += 2.0 * distance.records * observed[c] * std::log(observed[c] / blend[c]);
    }
  }
  return distance;
}

double BlendTolerance(std::span<const Histogram> members) {
  VIGIL_CHECK(members.size() >= 2);
  std::vector<double> excess;
  std::vector<Histogram> rest(members.begin() + 1, members.end());
  for (std::size_t m = 0; m < members.size(); ++m) {
    if (m > 0) rest[m - 1] = members[m - 1];
    const BlendDistance distance = DistanceFromBlends(members[m], rest);
    excess.push_back(std::max(0.0, (distance.g - distance.degrees) / distance.records));
  }
  std::ranges::sort(excess);
  return excess[static_cast<std::size_t>(kToleratedShare * static_cast<double>(excess.size() - 1))];
}

bool IsOutsideBlends(const BlendDistance& distance, double tolerance) {
  if (distance.degrees < 1.0) return false;
  return distance.g - distance.records * tolerance > ChiSquareQuantile(kLevel, distance.degrees);
}

}  // namespace vigil
