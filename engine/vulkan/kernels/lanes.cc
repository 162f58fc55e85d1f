#include "engine/vulkan/kernels/lanes.h"

#include <algorithm>
#include <limits>

#include "engine/vulkan/kernels/dispatch.h"
#include "engine/vulkan/kernels/lowering.h"

namespace vigil::vulkan {
namespace {

// Sums beyond these are kept in memory, and pipelines take seconds to compile.
constexpr std::uint32_t kMostSums = 64;
// Of the time: a gain smaller than this is not worth another pipeline, which takes 0.2 s to
// compile.
constexpr double kWorthAPipeline = 0.97;

// Nanoseconds, fitted to lavapipe on 8 lanes (bench/NOTES.md); only their ratios matter.
struct LaneCosts {
  double unit;          // to find its place and read its bias
  double step;          // of as many terms as there are lanes
  double pixel;         // a step: to fetch it and hand it around
  double vector;        // a step: its weights
  double vector_pixel;  // a step: products and sums
  double store;         // of a pixel of a vector
};
constexpr LaneCosts kOfPixels{150.0, 9.0, 7.6, 4.5, 2.07, 8.0};
constexpr LaneCosts kOfQuads{150.0, 5.0, 2.5, 6.0, 2.6, 8.0};

// Of ops/winograd_lanes.comp and its input's transform.
struct WinogradCosts {
  double dispatch;  // of the transform, with the wait for it
  double unit;
  double step;         // of as many channels as there are lanes, of one value
  double tile;         // a step: to hand its values around
  double vector;       // a step: its weights
  double vector_tile;  // a step: products and sums
  double fold;         // of a value of a vector and tile into the outputs
  double store;        // of an output of a vector
  double input2;       // of a tile and as many channels as there are lanes: the transform
  double input4;
};
constexpr WinogradCosts kOfWinograd{40000.0, 150.0, 2.0, 0.7, 4.2, 2.4, 9.3, 8.0, 128.0, 307.0};
// Floats of weights beyond which units wait for them: a vector's cost is so many times as much.
constexpr std::uint64_t kCachedWeights = 2 << 20;
constexpr double kFromMemory = 3.0;
// Twice as many compile twice as long, and are faster only where they halve what is read.
constexpr std::uint32_t kMostWinogradSums = 32;

bool FromMemory(const WinogradWork& work, std::uint32_t values) {
  return values * work.in_channels * work.out_channels > kCachedWeights;
}

}  // namespace

double LaneTime(const LaneWork& work, const LaneTile& tile, std::uint32_t lanes) {
  const LaneCosts& costs = work.quads ? kOfQuads : kOfPixels;
  const std::uint32_t pixels = tile.rows * tile.columns, sums = tile.vectors * pixels;
  const std::uint64_t units = work.planes * CeilDiv(work.channels, tile.vectors * lanes) *
                              CeilDiv(work.height, tile.rows) * CeilDiv(work.width, tile.columns);
  return static_cast<double>(units) *
         (costs.unit + sums * costs.store +
          static_cast<double>(CeilDiv(work.terms, lanes)) *
              (costs.step + pixels * costs.pixel + tile.vectors * costs.vector +
               sums * costs.vector_pixel));
}

LaneTile ChooseLaneTile(const LaneWork& work, std::uint32_t lanes) {
  LaneTile best;
  double least = std::numeric_limits<double>::max();
  for (const std::uint32_t vectors : {8u, 4u, 6u, 5u, 3u, 2u, 1u}) {
    for (const std::uint32_t rows : {1u, 2u}) {
      if (rows > work.height) continue;
      for (const std::uint32_t columns : {7u, 8u, 4u, 14u, 16u, 12u, 2u, 1u}) {
        if (vectors * rows * columns > kMostSums || (work.quads && columns % 4 != 0)) continue;
        const LaneTile tile{vectors, rows, columns};
        const double time = LaneTime(work, tile, lanes);
        if (time >= kWorthAPipeline * least) continue;
        least = time;
        best = tile;
      }
    }
  }
  return best;
}

double WinogradTime(const WinogradWork& work, const WinogradTile& tile, std::uint32_t lanes) {
  const WinogradCosts& costs = kOfWinograd;
  const std::uint64_t tiles = work.tiles(tile.side);
  const std::uint32_t sums = tile.vectors * tile.group;
  const auto units = static_cast<double>(CeilDiv(work.out_channels, tile.vectors * lanes) *
                                         CeilDiv(tiles, tile.group));
  const auto steps = static_cast<double>(work.in_channels / lanes);
  const double vector = costs.vector * (FromMemory(work, tile.values()) ? kFromMemory : 1.0);
  const double value = steps * (costs.step + tile.group * costs.tile + tile.vectors * vector +
                                sums * costs.vector_tile) +
                       sums * costs.fold;
  const double input = tile.side == 2 ? costs.input2 : costs.input4;
  return units * (costs.unit + tile.values() * value + sums * tile.side * tile.side * costs.store) +
         costs.dispatch + static_cast<double>(tiles) * steps * input;
}

WinogradTile ChooseWinogradTile(const WinogradWork& work, std::uint32_t side, std::uint32_t lanes) {
  WinogradTile best;
  double least = std::numeric_limits<double>::max();
  for (const std::uint32_t vectors : {4u, 2u, 1u}) {
    for (const std::uint32_t group : {7u, 8u, 14u, 16u, 4u, 2u}) {
      const WinogradTile tile{side, vectors, group};
      const bool from_memory = FromMemory(work, tile.values());
      if (vectors * group > (from_memory ? kMostSums : kMostWinogradSums)) continue;
      const double time = WinogradTime(work, tile, lanes);
      if (time >= kWorthAPipeline * least) continue;
      least = time;
      best = tile;
    }
  }
  return best;
}

std::uint32_t LaneLocalSize(std::uint64_t units, std::uint32_t lanes) {
  constexpr std::uint64_t kGroups = 32;
  return CeilDiv(units * lanes, kLocalSize) < kGroups ? std::max(16u, lanes) : kLocalSize;
}

void AppendLaneWeights(std::vector<float>& packed, std::uint64_t groups, std::uint64_t channels,
                       std::uint64_t terms, std::uint32_t vectors, std::uint32_t lanes,
                       const std::function<float(std::size_t, std::size_t)>& weight) {
  const std::size_t width = std::size_t{vectors} * lanes;
  const std::size_t blocks = CeilDiv(channels, width), quads = CeilDiv(terms, lanes) * (lanes / 4);
  const std::size_t start = packed.size();
  packed.resize(start + groups * blocks * quads * width * 4);
  for (std::size_t g = 0; g < groups; ++g) {
    for (std::size_t m = 0; m < channels; ++m) {
      const std::size_t block = g * blocks + m / width;
      for (std::size_t k = 0; k < terms; ++k) {
        packed[start + ((block * quads + k / 4) * width + m % width) * 4 + k % 4] =
            weight(g * channels + m, k);
      }
    }
  }
}

void AppendLaneBias(std::vector<float>& packed, std::uint64_t groups, std::uint64_t channels,
                    std::uint32_t vectors, std::uint32_t lanes, std::span<const float> bias) {
  const std::size_t padded = CeilDiv(channels, std::uint64_t{vectors} * lanes) * vectors * lanes;
  const std::size_t start = packed.size();
  packed.resize(start + groups * padded * 4);
  for (std::size_t m = 0; m < bias.size(); ++m) {
    packed[start + (m / channels * padded + m % channels) * 4] = bias[m];
  }
}

}  // namespace vigil::vulkan
