#include "estimator/monitor/slices/slice_gap.h"

#include <cmath>
#include <vector>

#include "engine/base/error.h"

namespace vigil {
namespace {

struct Side {
  double weight = 0.0, sum = 0.0;
  std::int64_t records = 0;
  double mean() const { return sum / weight; }
};

// What a block adds to the difference, and on which sides it has records.
struct BlockShare {
  double sum = 0.0;
  bool side[2] = {false, false};
};

}  // namespace

SliceGap MeasureGap(const Window& window, std::span<const double> scores,
                    std::span<const std::uint8_t> in, std::span<const std::size_t> among) {
  Side sides[2];  // outside, within
  for (const std::size_t i : among) {
    Side& side = sides[in[i] != 0];
    side.weight += window.records[i].weight;
    side.sum += window.records[i].weight * scores[i];
    ++side.records;
  }
  SliceGap gap{.records_in = sides[1].records, .records_out = sides[0].records};
  if (sides[0].records == 0 || sides[1].records == 0) return gap;
  gap.mean_in = sides[1].mean();
  gap.mean_out = sides[0].mean();
  const auto [first, last] =
      std::ranges::minmax(among, {}, [&](std::size_t i) { return window.records[i].block; });
  const int first_block = window.records[first].block;
  std::vector<BlockShare> blocks(
      static_cast<std::size_t>(window.records[last].block - first_block + 1));
  double outcomes = 0.0;
  for (const std::size_t i : among) {
    const Side& side = sides[in[i] != 0];
    const double share = window.records[i].weight / side.weight;
    BlockShare& block = blocks[static_cast<std::size_t>(window.records[i].block - first_block)];
    block.sum += (in[i] != 0 ? share : -share) * (scores[i] - side.mean());
    block.side[in[i] != 0] = true;
    outcomes += share * share * scores[i] * (1.0 - scores[i]);
  }
  double between = 0.0, count = 0.0;
  for (const BlockShare& block : blocks) {
    between += block.sum * block.sum;
    gap.blocks_in += block.side[1];
    gap.blocks_out += block.side[0];
    count += block.side[0] || block.side[1] ? 1.0 : 0.0;
  }
  if (count > 1.0) between *= count / (count - 1.0);
  gap.error = std::sqrt(between + outcomes);
  return gap;
}

SliceGap MeasureGap(const Window& window, std::span<const double> scores,
                    std::span<const std::uint8_t> in, std::span<const std::uint8_t> among) {
  VIGIL_CHECK(scores.size() == window.records.size() && in.size() == scores.size() &&
              among.size() == scores.size());
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < among.size(); ++i) {
    if (among[i]) places.push_back(i);
  }
  return MeasureGap(window, scores, in, places);
}

}  // namespace vigil
