// Winograd's convolutions on lanes (shaders/ops/winograd_lanes.comp): one part of the tiles after
// the other is transformed into scratch memory and multiplied from there.
#include "params/winograd_lanes.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/base/text.h"
#include "engine/ops/winograd.h"
#include "engine/vulkan/kernels/epilogue_dispatch.h"
#include "engine/vulkan/kernels/kernel.h"
#include "engine/vulkan/kernels/lanes.h"

namespace vigil::vulkan {
namespace {

constexpr std::uint64_t kTexelFloats = 4;
// Of scratch memory: what a core's caches hold, and little beside a network's values.
constexpr std::uint64_t kPartBytes = 1 << 20;
// Of the estimated time of sums as they stand: for less it is not worth more weights.
constexpr double kWorthIt = 0.9;
// A network's weights may grow by this part of its constants, in all kernels together.
constexpr double kMostGrowth = 0.8;

// Floats that the weights have more of, packed: seven ninths, or three times as many, and those of
// channels that overhang.
double GrowthOf(const WinogradWork& work, const WinogradTile& tile, std::uint32_t lanes) {
  const std::uint64_t block = std::uint64_t{tile.vectors} * lanes;
  const std::uint64_t channels = CeilDiv(work.out_channels, block) * block;
  return static_cast<double>(work.in_channels) * (static_cast<double>(tile.values() * channels) -
                                                  static_cast<double>(9 * work.out_channels));
}

WinogradWork WorkOf(const Node& node, const Lowering& lowering) {
  const Shape& out = lowering.shape(node.outputs[0]);
  return {.samples = U64(out[0]),
          .height = U64(out[2]),
          .width = U64(out[3]),
          .in_channels = U64(lowering.shape(node.inputs[0])[1]),
          .out_channels = U64(out[1])};
}

double TimeOfSums(const WinogradWork& work, std::uint32_t lanes) {
  const LaneWork sums{.planes = work.samples,
                      .channels = work.out_channels,
                      .height = work.height,
                      .width = work.width,
                      .terms = work.in_channels * 9};
  return LaneTime(sums, ChooseLaneTile(sums, lanes), lanes);
}

// Why no tile fits, or nothing.
std::string RefusesShape(const Node& node, const Lowering& lowering) {
  const auto& attrs = std::get<ConvAttrs>(node.attrs);
  const auto is = [](const auto& numbers, std::int64_t wanted) {
    return std::ranges::all_of(numbers, [=](std::int64_t x) { return x == wanted; });
  };
  if (!is(attrs.kernel, 3) || !is(attrs.strides, 1) || !is(attrs.dilations, 1)) {
    return "no window of 3 x 3, or strides or dilations";
  }
  if (attrs.groups != 1) return "has groups";
  std::string reason = RefusesConvLanes(node, lowering);
  if (!reason.empty()) return reason;
  const WinogradWork work = WorkOf(node, lowering);
  const std::uint32_t lanes = lowering.plan().lanes;
  if (work.in_channels % lanes != 0) {
    return Text(work.in_channels, " input channels, no multiple of ", lanes);
  }
  return {};
}

// The fastest tile of the sides that are allowed, where sums as they stand are not as fast.
std::optional<WinogradTile> Fastest(const WinogradWork& work, std::uint32_t lanes,
                                    std::uint64_t max_texels, bool tiles_of_4) {
  std::optional<WinogradTile> best;
  double least = kWorthIt * TimeOfSums(work, lanes);
  for (const std::uint32_t side : {2u, 4u}) {
    if (side == 4 && !tiles_of_4) continue;
    const WinogradTile tile = ChooseWinogradTile(work, side, lanes);
    // Of the weights and of a part, both at most.
    const std::uint64_t a_channel = tile.values() * work.in_channels / kTexelFloats;
    const std::uint64_t texels =
        std::max(a_channel * (work.out_channels + tile.vectors * lanes),
                 a_channel * tile.group + kPartBytes / (kTexelFloats * sizeof(float)));
    if (texels > max_texels) continue;
    const double time = WinogradTime(work, tile, lanes);
    if (time >= least) continue;
    least = time;
    best = tile;
  }
  return best;
}

// A network's weights may grow by kMostGrowth: tiles of 2, which keep to that but for channels that
// overhang, go to all nodes that want them, then those of 4 to the first.
std::optional<WinogradTile> TileOf(const Node& wanted, const Lowering& lowering) {
  const Graph& graph = lowering.graph();
  const std::uint32_t lanes = lowering.plan().lanes;
  double room = 0.0;
  for (const Value& value : graph.values()) {
    if (value.constant) room += kMostGrowth * static_cast<double>(value.desc.shape.elements());
  }
  std::vector<std::optional<WinogradTile>> tiles(graph.nodes().size());
  for (const bool tiles_of_4 : {false, true}) {
    for (std::size_t i = 0; i < tiles.size(); ++i) {
      const Node& node = graph.nodes()[i];
      if (!std::holds_alternative<ConvAttrs>(node.attrs)) continue;
      if (!RefusesShape(node, lowering).empty()) continue;
      const WinogradWork work = WorkOf(node, lowering);
      const std::optional<WinogradTile> tile =
          Fastest(work, lanes, lowering.plan().max_texels, tiles_of_4);
      if (!tile) continue;
      const double growth =
          GrowthOf(work, *tile, lanes) - (tiles[i] ? GrowthOf(work, *tiles[i], lanes) : 0.0);
      if (growth > room) continue;
      room -= growth;
      tiles[i] = tile;
    }
  }
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    if (&graph.nodes()[i] == &wanted) return tiles[i];
  }
  return std::nullopt;
}

// Entry (i, j) of G w G^T; a kernel's 9 weights, row by row.
float TransformedWeight(std::span<const float> w, std::uint32_t side, std::size_t i,
                        std::size_t j) {
  const double(*g)[3] = side == 4 ? kWinogradG4 : kWinogradG2;
  double sum = 0.0;
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      sum += g[i][row] * g[j][column] * double{w[row * 3 + column]};
    }
  }
  return static_cast<float>(sum);
}

// The weights, then the bias; sets where that lies.
std::vector<float> PackWeights(const Node& node, const Lowering& lowering, const WinogradTile& tile,
                               params::WinogradLanesParams& p) {
  const std::uint32_t lanes = lowering.plan().lanes;
  const WinogradWork work = WorkOf(node, lowering);
  const std::span<const float> weights = lowering.ConstantOf(node.inputs[1]);
  const std::size_t across = tile.side + 2;
  std::vector<float> packed;
  AppendLaneWeights(packed, 1, work.out_channels, tile.values() * work.in_channels, tile.vectors,
                    lanes, [&](std::size_t m, std::size_t term) {
                      const std::size_t value = term / work.in_channels;
                      const std::size_t kernel = m * work.in_channels + term % work.in_channels;
                      return TransformedWeight(weights.subspan(kernel * 9, 9), tile.side,
                                               value / across, value % across);
                    });
  p.bias_offset = U32(packed.size() / kTexelFloats);
  const bool has_bias = std::get<ConvAttrs>(node.attrs).has_bias;
  AppendLaneBias(packed, 1, work.out_channels, tile.vectors, lanes,
                 has_bias ? lowering.ConstantOf(node.inputs[2]) : std::span<const float>());
  return packed;
}

params::WinogradInputParams InputParams(const Node& node, const Lowering& lowering,
                                        std::uint32_t side) {
  const auto& attrs = std::get<ConvAttrs>(node.attrs);
  const WinogradWork work = WorkOf(node, lowering);
  const Shape& in = lowering.shape(node.inputs[0]);
  params::WinogradInputParams p{};
  p.tile_rows = U32(work.rows(side));
  p.tile_columns = U32(work.columns(side));
  p.channel_quads = U32(work.in_channels / kTexelFloats);
  p.in_height = U32(in[2]);
  p.in_width = U32(in[3]);
  p.pad_top = U32(attrs.pads[0]);
  p.pad_left = U32(attrs.pads[1]);
  p.last_texel = U32(U64(in.elements()) / kTexelFloats - 1);
  return p;
}

}  // namespace

std::string RefusesWinogradLanes(const Node& node, const Lowering& lowering) {
  const std::string reason = RefusesShape(node, lowering);
  if (!reason.empty()) return reason;
  return TileOf(node, lowering) ? "" : "sums as they stand are faster, or its weights too many";
}

void LowerWinogradLanes(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<ConvAttrs>(node.attrs);
  const std::uint32_t lanes = lowering.plan().lanes;
  const WinogradWork work = WorkOf(node, lowering);
  const std::optional<WinogradTile> chosen = TileOf(node, lowering);
  VIGIL_CHECK(chosen.has_value());
  const WinogradTile& tile = *chosen;

  params::WinogradInputParams input = InputParams(node, lowering, tile.side);
  params::WinogradLanesParams p{};
  p.tile_rows = input.tile_rows;
  p.tile_columns = input.tile_columns;
  p.side = tile.side;
  p.steps = U32(work.in_channels / lanes);
  p.out_channels = U32(work.out_channels);
  p.out_height = U32(work.height);
  p.out_width = U32(work.width);
  const BufferRef constants = lowering.Constants(PackWeights(node, lowering, tile, p));

  const std::uint64_t tiles = work.tiles(tile.side);
  const std::uint64_t bytes_a_tile = tile.values() * work.in_channels * sizeof(float);
  const std::uint64_t parts = CeilDiv(tiles * bytes_a_tile, kPartBytes);
  const std::uint64_t part_tiles = CeilDiv(CeilDiv(tiles, parts), tile.group) * tile.group;
  const BufferRef scratch = lowering.Scratch(std::min(part_tiles, tiles) * bytes_a_tile);
  // A row of a tile's inputs begins at an even place, at an odd one, or at either.
  const std::uint32_t parity = input.in_width % 2 != 0 ? 2 : input.pad_left % 2;
  const std::uint64_t blocks = CeilDiv(work.out_channels, std::uint64_t{tile.vectors} * lanes);
  for (std::uint64_t first = 0; first < tiles; first += part_tiles) {
    const std::uint64_t count = std::min(part_tiles, tiles - first);
    input.first_tile = p.first_tile = U32(first);
    input.part_tiles = p.part_tiles = U32(count);
    input.invocations = input.part_tiles * input.channel_quads;
    lowering.Add("winograd_input_lanes", input, {lowering.Operand(node.inputs[0]), scratch},
                 CeilDiv(input.invocations, kLocalSize), Activation::Kind::kNone,
                 {tile.side, parity});
    p.tile_groups = U32(CeilDiv(count, tile.group));
    p.units = U32(blocks * p.tile_groups);
    const bool whole = count % tile.group == 0 && work.height % tile.side == 0 &&
                       work.width % tile.side == 0 &&
                       work.out_channels % (tile.vectors * lanes) == 0;
    const std::uint32_t local_size = LaneLocalSize(p.units, lanes);
    AddWithEpilogue(lowering, node, attrs.epilogue, "winograd_lanes", p, constants,
                    CeilDiv(p.units, local_size / lanes),
                    {0, lanes, tile.side, tile.vectors, tile.group, whole},
                    {.third_mode = 0, .local_size = local_size, .input = scratch});
  }
}

}  // namespace vigil::vulkan
