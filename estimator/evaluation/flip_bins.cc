#include <algorithm>
#include <cmath>
#include <map>

#include "engine/base/text.h"
#include "estimator/evaluation/robustness_table.h"
#include "estimator/monitor/robustness/decision_margin.h"

namespace vigil {
namespace {

// Records of one bin while it is filled.
struct Members {
  std::vector<double> flips;
  std::vector<int> groups;
  double wrong = 0.0;

  void Add(const JudgedSample& sample, const Stability& stability) {
    flips.push_back(CountedFlips(stability));
    groups.push_back(sample.group);
    wrong += sample.correct ? 0.0 : 1.0;
  }
  FlipBin Finish(std::string name, int draws, std::uint64_t seed) const {
    const auto records = static_cast<double>(flips.size());
    return {.name = std::move(name),
            .records = static_cast<std::int64_t>(flips.size()),
            .flip_rate = ClusteredShare(flips, ClusterBootstrap(groups, draws, seed)),
            .error_rate = wrong / records};
  }
};

std::string RangeName(double low, double high, const char* unit) {
  return std::isfinite(high) ? Text(low, " to ", high, unit) : Text(low, unit, " and more");
}

}  // namespace

std::vector<FlipBin> FlipsByDistance(const Task& task, std::span<const JudgedSample> samples,
                                     std::span<const Stability> stability, int draws,
                                     std::uint64_t seed) {
  const bool degrees = task.kind == Task::Kind::kDirectness;
  const std::vector<double> edges = degrees ? std::vector<double>{0, 2, 5, 10, 20, 40, INFINITY}
                                            : std::vector<double>{0, 0.5, 1, 2, 4, 8, INFINITY};
  std::vector<FlipBin> bins;
  for (std::size_t b = 0; b + 1 < edges.size(); ++b) {
    Members members;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      // Of T's own output, so that every record lies on its decision's side.
      const double margin = DecisionMargin(task, samples[i].output, stability[i].decision);
      if (margin >= edges[b] && margin < edges[b + 1]) members.Add(samples[i], stability[i]);
    }
    if (members.flips.empty()) continue;
    bins.push_back(
        members.Finish(RangeName(edges[b], edges[b + 1], degrees ? " degrees" : ""), draws, seed));
  }
  return bins;
}

std::vector<FlipBin> FlipsByDirection(std::span<const JudgedSample> samples,
                                      std::span<const Stability> stability, int draws,
                                      std::uint64_t seed) {
  constexpr double kBin = 30.0;
  std::map<std::pair<int, int>, Members> bins;  // (yaw, pitch) in bins around straight ahead
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto bin = [&](std::size_t axis) {
      const double angle = samples[i].output[axis] * static_cast<double>(kPoseUnit);
      return static_cast<int>(std::lround(std::clamp(angle, -90.0, 90.0) / kBin));
    };
    bins[{bin(1), bin(0)}].Add(samples[i], stability[i]);
  }
  std::vector<FlipBin> table;
  for (const auto& [place, members] : bins) {
    const auto around = [&](int number) {
      return Text(number * kBin - 0.5 * kBin, " to ", number * kBin + 0.5 * kBin);
    };
    table.push_back(members.Finish(
        Text("yaw ", around(place.first), ", pitch ", around(place.second)), draws, seed));
  }
  return table;
}

std::vector<FlipPair> FlipPairs(std::span<const Stability> stability, int classes) {
  struct From {
    std::int64_t records = 0;
    double trials = 0.0;
    std::map<int, double> to;
  };
  std::vector<From> from(static_cast<std::size_t>(classes));
  for (const Stability& each : stability) {
    From& one = from[static_cast<std::size_t>(each.decision)];
    ++one.records;
    for (const StabilityTrial& trial : each.trials) {
      ++one.trials;
      if (trial.decision != each.decision) ++one.to[trial.decision];
    }
  }
  std::vector<FlipPair> pairs;
  for (std::size_t c = 0; c < from.size(); ++c) {
    for (const auto& [to, flips] : from[c].to)
      pairs.push_back({static_cast<int>(c), to, from[c].records, flips / from[c].trials});
  }
  std::ranges::stable_sort(pairs, std::greater{}, &FlipPair::rate);
  if (pairs.size() > kMostPairs) pairs.resize(kMostPairs);
  return pairs;
}

}  // namespace vigil
