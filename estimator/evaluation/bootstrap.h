// How far a figure would move had other images been drawn, whole groups at a time.
#ifndef VIGIL_ESTIMATOR_EVALUATION_BOOTSTRAP_H_
#define VIGIL_ESTIMATOR_EVALUATION_BOOTSTRAP_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "estimator/monitor/performance.h"

namespace vigil {

// Draws of clusters (people; images, where each is a cluster of its own) with replacement, as many
// as there are. Draw r depends on the seed and r alone, so that figures of the same records can be
// compared draw by draw. Immutable.
class ClusterBootstrap {
 public:
  // `cluster_of` each record, any numbers. REQUIRES: not empty, draws > 0.
  ClusterBootstrap(std::span<const int> cluster_of, int draws, std::uint64_t seed);

  int draws() const { return draws_; }
  int clusters() const { return clusters_; }
  // How often each record is in draw r: 0 and up.
  std::vector<int> Times(int r) const;

 private:
  std::vector<int> cluster_of_;  // 0 .. clusters - 1
  int clusters_ = 0;
  int draws_;
  std::uint64_t seed_;
};

// The central `level` of the draws' values around the figure itself; draws in which it did not
// exist (NaN) are left out. Without any, the interval is NaN.
Interval PercentileInterval(double value, std::vector<double> drawn, double level = 0.95);

// The mean of `hits`, each 0 or 1, with the interval of its draws. REQUIRES: as many as the
// bootstrap's records.
Interval ClusteredShare(std::span<const double> hits, const ClusterBootstrap& bootstrap);

// A figure by its key, such as "tnr" or "recall_blur".
struct NamedFigure {
  std::string key;
  Interval interval;
};

// The figure of this key; null where there is none.
const NamedFigure* FindFigure(std::span<const NamedFigure> figures, std::string_view key);

// Wilson's interval of a share of independent trials. REQUIRES: trials > 0.
Interval WilsonInterval(std::int64_t hits, std::int64_t trials, double level = 0.95);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_BOOTSTRAP_H_
