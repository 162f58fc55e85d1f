#include "estimator/evaluation/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "engine/base/error.h"
#include "estimator/data/random.h"
#include "estimator/verdict/distributions.h"

namespace vigil {

ClusterBootstrap::ClusterBootstrap(std::span<const int> cluster_of, int draws, std::uint64_t seed)
    : draws_(draws), seed_(seed) {
  VIGIL_CHECK(!cluster_of.empty() && draws > 0);
  std::map<int, int> number;
  for (const int cluster : cluster_of) {
    const int next = static_cast<int>(number.size());
    cluster_of_.push_back(number.try_emplace(cluster, next).first->second);
  }
  clusters_ = static_cast<int>(number.size());
}

std::vector<int> ClusterBootstrap::Times(int r) const {
  Random random({seed_, static_cast<std::uint64_t>(r)});
  std::vector<int> drawn(static_cast<std::size_t>(clusters_));
  for (int i = 0; i < clusters_; ++i) ++drawn[static_cast<std::size_t>(random.Below(clusters_))];
  std::vector<int> times;
  for (const int cluster : cluster_of_) times.push_back(drawn[static_cast<std::size_t>(cluster)]);
  return times;
}

Interval PercentileInterval(double value, std::vector<double> drawn, double level) {
  std::erase_if(drawn, [](double x) { return std::isnan(x); });
  if (drawn.empty()) {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    return {value, kNone, kNone};
  }
  std::ranges::sort(drawn);
  // Linear between order statistics.
  const auto quantile = [&](double q) {
    const double place = q * static_cast<double>(drawn.size() - 1);
    const auto low = static_cast<std::size_t>(place);
    const std::size_t high = std::min(low + 1, drawn.size() - 1);
    return std::lerp(drawn[low], drawn[high], place - static_cast<double>(low));
  };
  return {value, quantile(0.5 - 0.5 * level), quantile(0.5 + 0.5 * level)};
}

Interval ClusteredShare(std::span<const double> hits, const ClusterBootstrap& bootstrap) {
  const auto mean = [&](std::span<const int> times) {
    double sum = 0.0, count = 0.0;
    for (std::size_t i = 0; i < hits.size(); ++i) {
      sum += times[i] * hits[i];
      count += times[i];
    }
    return sum / count;
  };
  std::vector<double> drawn;
  for (int r = 0; r < bootstrap.draws(); ++r) drawn.push_back(mean(bootstrap.Times(r)));
  return PercentileInterval(mean(std::vector<int>(hits.size(), 1)), std::move(drawn));
}

const NamedFigure* FindFigure(std::span<const NamedFigure> figures, std::string_view key) {
  const auto found = std::ranges::find(figures, key, &NamedFigure::key);
  return found == figures.end() ? nullptr : &*found;
}

Interval WilsonInterval(std::int64_t hits, std::int64_t trials, double level) {
  VIGIL_CHECK(trials > 0 && hits >= 0 && hits <= trials);
  const double z = NormalQuantile(0.5 + 0.5 * level), n = static_cast<double>(trials);
  const double p = static_cast<double>(hits) / n, scale = 1.0 / (1.0 + z * z / n);
  const double centre = scale * (p + 0.5 * z * z / n);
  const double reach = scale * z * std::sqrt(p * (1.0 - p) / n + 0.25 * z * z / (n * n));
  return {p, std::max(0.0, centre - reach), std::min(1.0, centre + reach)};
}

}  // namespace vigil
