// Vectors of known records as a normal distribution for each kind of record: what a generator
// keeps of them in their place.
#ifndef VIGIL_ESTIMATOR_EVALUATION_REPLAY_CELLS_H_
#define VIGIL_ESTIMATOR_EVALUATION_REPLAY_CELLS_H_

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "estimator/data/random.h"
#include "estimator/monitor/cholesky.h"

namespace vigil {

// Records of one true decision, of T right or wrong, under the same causes.
struct ReplayCell {
  int label = 0;
  bool correct = false;
  std::uint8_t causes = 0;  // CauseSet::bits of what was applied
  friend auto operator<=>(const ReplayCell&, const ReplayCell&) = default;
};

struct CellSample {
  ReplayCell cell;
  std::span<const float> values;
};

enum class CellSpread { kFull, kDiagonal };  // of the covariances

// Every combination of the labels, of right and wrong, and of the causes among the samples has a
// normal distribution. A cell's mean leans on what its parents together say: (label, correct) plus
// (correct, causes) less (correct), with the weight of kMeanWeight records. Its covariance leans on
// the one within the cells of the same (correct, causes), and that on the one within all cells,
// with the weight of as many records as there are numbers (diagonal: of kDiagonalWeight). A cell of
// fewer than kFewest samples says nothing of its own. Immutable.
class CellGaussians {
 public:
  static constexpr double kMeanWeight = 10.0, kDiagonalWeight = 20.0;
  static constexpr std::int64_t kFewest = 5;

  // Throws Error (Training, kInvalidValue) where no cell has kFewest samples. REQUIRES: samples of
  // one length.
  CellGaussians(std::span<const CellSample> samples, CellSpread spread);

  std::size_t dimensions() const { return dimensions_; }
  // Samples of each cell that has any.
  const std::map<ReplayCell, std::int64_t>& counts() const { return counts_; }
  // REQUIRES (all of these): a cell of labels and causes among the samples.
  const std::vector<double>& Mean(const ReplayCell& cell) const { return At(cell).mean; }
  double Variance(const ReplayCell& cell, std::size_t i) const { return At(cell).variance[i]; }
  std::vector<double> Draw(const ReplayCell& cell, Random& random) const;
  double LogDensity(const ReplayCell& cell, std::span<const float> values) const;
  bool Has(const ReplayCell& cell) const { return cells_.contains(cell); }
  // Numbers that say all of the cells which have samples.
  std::int64_t Parameters() const;

 private:
  struct Gaussian {
    std::vector<double> mean, variance;
    std::optional<Cholesky> covariance;  // kFull
  };
  const Gaussian& At(const ReplayCell& cell) const;

  std::size_t dimensions_ = 0;
  CellSpread spread_;
  std::map<ReplayCell, std::int64_t> counts_;
  std::map<ReplayCell, Gaussian> cells_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_REPLAY_CELLS_H_
