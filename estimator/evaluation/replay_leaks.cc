#include "estimator/evaluation/replay_leaks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/base/error.h"
#include "estimator/verdict/ranking.h"

namespace vigil {
namespace {

constexpr std::size_t kLanes = 8;    // sums side by side, for the compiler to put into a vector
constexpr std::size_t kStride = 64;  // numbers until it is seen whether the rest can matter

// The squared distance, or something above `most` where it is above.
float SquaredDistance(std::span<const float> a, std::span<const float> b, float most) {
  std::array<float, kLanes> sums{};
  float total = 0.0f;
  std::size_t i = 0;
  while (i + kLanes <= a.size()) {
    const std::size_t end = std::min(i + kStride, a.size() / kLanes * kLanes);
    for (; i < end; i += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const float away = a[i + lane] - b[i + lane];
        sums[lane] += away * away;
      }
    }
    total = 0.0f;
    for (const float sum : sums) total += sum;
    if (total > most) return total;
  }
  for (; i < a.size(); ++i) total += (a[i] - b[i]) * (a[i] - b[i]);
  return total;
}

double QuantileOf(std::span<const double> values, double share) {
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(place);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return std::lerp(sorted[low], sorted[high], place - static_cast<double>(low));
}

}  // namespace

std::vector<double> NearestDistances(const ReplayPoints& points, const ReplayPoints& others) {
  VIGIL_CHECK(points.size() > 0 && others.size() > 0 && points.width == others.width);
  std::vector<double> nearest;
  for (std::size_t n = 0; n < points.size(); ++n) {
    float least = std::numeric_limits<float>::max();
    for (std::size_t other = 0; other < others.size(); ++other)
      least = std::min(least, SquaredDistance(points.row(n), others.row(other), least));
    nearest.push_back(std::sqrt(static_cast<double>(least)));
  }
  return nearest;
}

ReplayNearness NearnessOf(std::span<const double> replayed, std::span<const double> held_out) {
  VIGIL_CHECK(!replayed.empty() && !held_out.empty());
  ReplayNearness nearness{.replayed = QuantileOf(replayed, 0.5),
                          .held_out = QuantileOf(held_out, 0.5)};
  nearness.ratio = nearness.replayed / nearness.held_out;
  const double near = QuantileOf(held_out, 0.01);
  const auto nearer = std::ranges::count_if(replayed, [&](double each) { return each < near; });
  nearness.nearer = WilsonInterval(nearer, static_cast<std::int64_t>(replayed.size()));
  return nearness;
}

Interval MembershipAttack(std::span<const double> members, std::span<const int> member_groups,
                          std::span<const double> others, std::span<const int> other_groups,
                          int draws, std::uint64_t seed) {
  VIGIL_CHECK(members.size() == member_groups.size() && others.size() == other_groups.size());
  std::vector<std::pair<Ranked, std::size_t>> order;  // and its place: members, then others
  for (const double score : members) order.push_back({{.score = score, .correct = true}, 0});
  for (const double score : others) order.push_back({{.score = score, .correct = false}, 0});
  for (std::size_t i = 0; i < order.size(); ++i) order[i].second = i;
  std::ranges::stable_sort(
      order, [](const auto& a, const auto& b) { return a.first.score > b.first.score; });
  std::vector<Ranked> ranked;
  for (const auto& each : order) ranked.push_back(each.first);
  const double value = Auroc(ranked);
  const ClusterBootstrap of_members(member_groups, draws, seed);
  const ClusterBootstrap of_others(other_groups, draws, seed + 1);
  std::vector<double> drawn;
  for (int r = 0; r < draws; ++r) {
    std::vector<int> times = of_members.Times(r);
    const std::vector<int> rest = of_others.Times(r);
    times.insert(times.end(), rest.begin(), rest.end());
    for (std::size_t i = 0; i < ranked.size(); ++i) ranked[i].times = times[order[i].second];
    drawn.push_back(Auroc(ranked));
  }
  return PercentileInterval(value, std::move(drawn));
}

}  // namespace vigil
