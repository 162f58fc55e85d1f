// The difference between the records of a slice and the others.
#ifndef VIGIL_ESTIMATOR_MONITOR_SLICES_SLICE_GAP_H_
#define VIGIL_ESTIMATOR_MONITOR_SLICES_SLICE_GAP_H_

#include <algorithm>
#include <cstdint>
#include <span>

#include "estimator/monitor/blocks.h"

namespace vigil {

struct SliceGap {
  double mean_in = 0.0, mean_out = 0.0;  // weighted
  // Standard error of their difference: blocks as the unit, a block that has records on both sides
  // counted once; and the chance of right and wrong given the scores, which are rates.
  double error = 0.0;
  int blocks_in = 0, blocks_out = 0;
  std::int64_t records_in = 0, records_out = 0;

  double gap() const { return mean_in - mean_out; }
  double degrees() const { return std::max(1, std::min(blocks_in, blocks_out) - 1); }
};

// `in` says which records are of the slice, `among` which count at all. REQUIRES: as many of either
// and of scores as the window has records. Means and error of a side without records have no
// meaning.
SliceGap MeasureGap(const Window& window, std::span<const double> scores,
                    std::span<const std::uint8_t> in, std::span<const std::uint8_t> among);
// Among the records at these places.
SliceGap MeasureGap(const Window& window, std::span<const double> scores,
                    std::span<const std::uint8_t> in, std::span<const std::size_t> among);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_SLICES_SLICE_GAP_H_
