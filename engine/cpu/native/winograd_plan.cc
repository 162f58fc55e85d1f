#include "engine/cpu/native/winograd_plan.h"

#include <algorithm>
#include <limits>

#include "engine/ops/winograd.h"

namespace vigil::cpu::native {
namespace {

// What a core's second-level cache has for a group of tiles.
constexpr std::int64_t kGroupBytes = 768 * 1024;
// What the last cache has for a group that the team shares.
constexpr std::int64_t kSharedBytes = 4 << 20;
// More tiles than this hold a pair of blocks of weights no longer in the registers' shadow.
constexpr std::int64_t kMostTiles = 56;
constexpr std::int64_t kFewestTiles = 12;
// Tiles of 4 have four times the weights; beyond this they would no longer stay in the caches, and
// a network's memory would double.
constexpr std::int64_t kMostWeights4 = 128 * 1024;  // C * K

std::int64_t Divided(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

std::int64_t TilesOf(const Shape& y, int tile) {
  return y[0] * Divided(y[2], tile) * Divided(y[3], tile);
}

// Of reading vectors of weights once from memory, which a network's caches do not hold.
double WeightCost(double vectors) { return 12.0 * vectors; }

// Cycles, about: multiplications run two a cycle at some two thirds of that, loads and stores of
// the transforms one.
double CostOf(const Shape& x, const Shape& y, int tile) {
  const auto in = static_cast<double>(BlocksOf(x[1])), out = static_cast<double>(BlocksOf(y[1]));
  const auto channels = static_cast<double>(x[1]);
  if (tile == 0) {
    return static_cast<double>(y[0] * y[2] * y[3]) * 9 * channels * out / 1.3 +
           WeightCost(9 * channels * out);
  }
  const std::int64_t tiles = TilesOf(y, tile);
  const double values = (tile + 2) * (tile + 2);
  const double products = values * static_cast<double>(tiles) * channels * out / 1.3;
  const double transforms = values * static_cast<double>(tiles) * (in * 4.0 + out * 4.0);
  return products + transforms + WeightCost(values * channels * out);
}

}  // namespace

int ChooseWinograd(const Shape& x, const Shape& y) {
  if (x[1] < kLanes || y[1] < kLanes || y.elements() == 0) return 0;
  int best = 0;
  double least = CostOf(x, y, 0);
  for (const int tile : {2, 4}) {
    if (tile == 4 && x[1] * y[1] > kMostWeights4) continue;
    const double cost = CostOf(x, y, tile);
    if (cost < 0.8 * least) {
      best = tile;
      least = cost;
    }
  }
  return best;
}

int ChooseWinograd(const OpAttrs& attrs, const Shape& x, const Shape& y) {
  const ConvAttrs* conv = std::get_if<ConvAttrs>(&attrs);
  constexpr std::array<std::int64_t, 2> kThree{3, 3}, kOne{1, 1};
  return conv && x.rank() == 4 && conv->kernel == kThree && conv->strides == kOne &&
                 conv->dilations == kOne && conv->groups == 1
             ? ChooseWinograd(x, y)
             : 0;
}

WinogradPlan::WinogradPlan(const Shape& x, const Shape& y, const std::array<std::int64_t, 4>& pads,
                           const VectorKernels& vectors, int threads)
    : tile(ChooseWinograd(x, y)),
      kernels(tile == 4 ? vectors.winograd4 : vectors.winograd2),
      samples(x[0]),
      channels(x[1]),
      in_blocks(BlocksOf(x[1])),
      height(x[2]),
      width(x[3]),
      out_blocks(BlocksOf(y[1])),
      out_height(y[2]),
      out_width(y[3]),
      pad_top(pads[0]),
      pad_left(pads[1]),
      tile_rows(Divided(y[2], tile)),
      tile_columns(Divided(y[3], tile)),
      blocks_a_job(out_blocks) {
  const std::int64_t bytes_a_tile =
      values() * (in_blocks + kBlocksAtOnce) * kLanes * static_cast<std::int64_t>(sizeof(float));
  const std::int64_t most = std::clamp(kGroupBytes / bytes_a_tile, kFewestTiles, kMostTiles);
  // As many groups for every thread, of as many tiles.
  std::int64_t wanted = Divided(tiles(), most);
  if (tiles() >= kFewestTiles * threads) wanted = Divided(wanted, threads) * threads;
  tiles_a_group = Divided(tiles(), wanted);
  ConsiderSharing();
  // Too few groups for the threads: they share the blocks, and each transforms the input.
  if (!shared && groups() < threads && out_blocks > kBlocksAtOnce) {
    blocks_a_job = std::max(kBlocksAtOnce, Divided(out_blocks, threads));
  }
  for (std::int64_t c = 0; c < channels; ++c)
    offsets.push_back(c / kLanes * tiles_a_group * kLanes + c % kLanes);
  no_finish.low = -std::numeric_limits<float>::infinity();
  no_finish.high = std::numeric_limits<float>::infinity();
}

// By the bytes from beyond a core's cache: all weights for every group, and where the team shares
// one, what is transformed, written and read.
void WinogradPlan::ConsiderSharing() {
  constexpr auto kFloat = static_cast<std::int64_t>(sizeof(float));
  const std::int64_t weight_bytes = values() * channels * out_blocks * kLanes * kFloat;
  const std::int64_t bytes_a_tile = values() * (in_blocks + out_blocks) * kLanes * kFloat;
  const std::int64_t most = std::max(kSharedBytes / bytes_a_tile, kFewestTiles);
  const std::int64_t wanted = Divided(tiles(), most);
  if (groups() * weight_bytes <= wanted * weight_bytes + 2 * tiles() * bytes_a_tile) return;
  shared = true;
  tiles_a_group = Divided(tiles(), wanted);
}

WinogradPlan::Tile WinogradPlan::TileAt(std::int64_t number) const {
  const std::int64_t column = number % tile_columns;
  number /= tile_columns;
  return {number / tile_rows, number % tile_rows * tile, column * tile};
}

SlotId PackWinograd(ProgramBuilder& builder, const WinogradPlan& plan, const Tensor& weights) {
  const double(*g)[3] = plan.tile == 4 ? kWinogradG4 : kWinogradG2;
  const float* kernels = weights.as<float>().data();
  const std::int64_t outputs = weights.shape()[0], n = plan.n();
  const std::int64_t block = plan.channels * kLanes, value = plan.out_blocks * block;
  return builder.Pack(
      static_cast<std::size_t>(plan.values() * value) * sizeof(float), [&](std::byte* bytes) {
        auto* packed = reinterpret_cast<float*>(bytes);
        std::fill_n(packed, plan.values() * value, 0.0f);
        for (std::int64_t k = 0; k < outputs; ++k) {
          for (std::int64_t c = 0; c < plan.channels; ++c) {
            const float* w = kernels + (k * plan.channels + c) * 9;
            float* to = packed + k / kLanes * block + c * kLanes + k % kLanes;
            for (std::int64_t i = 0; i < n; ++i) {
              double row[3];  // of G w
              for (int j = 0; j < 3; ++j)
                row[j] = g[i][0] * w[j] + g[i][1] * w[3 + j] + g[i][2] * w[6 + j];
              for (std::int64_t j = 0; j < n; ++j)
                to[(i * n + j) * value] =
                    static_cast<float>(row[0] * g[j][0] + row[1] * g[j][1] + row[2] * g[j][2]);
            }
          }
        }
      });
}

}  // namespace vigil::cpu::native
