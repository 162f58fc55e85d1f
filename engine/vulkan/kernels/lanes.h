// Kernels for devices that run a subgroup as the lanes of a processor's vectors
// (shaders/common/lanes.glsl): how their work is cut, and how their constants are packed. Pure.
#ifndef VIGIL_ENGINE_VULKAN_KERNELS_LANES_H_
#define VIGIL_ENGINE_VULKAN_KERNELS_LANES_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil::vulkan {

class Lowering;

// Why no kernel on lanes takes a node with so many channels of the output, in all groups, and terms
// of a sum; empty where nothing is against it.
std::string RefusesLanes(const Node& node, const Lowering& lowering, std::int64_t channels,
                         std::int64_t terms);
// The same of a convolution, with its constants.
std::string RefusesConvOnLanes(const Node& node, const Lowering& lowering);

// What a unit (one subgroup) computes: `vectors` times the lanes output channels of rows times
// columns pixels.
struct LaneTile {
  std::uint32_t vectors = 1, rows = 1, columns = 1;
  friend bool operator==(const LaneTile&, const LaneTile&) = default;
};

// A convolution as its cost depends on it.
struct LaneWork {
  std::uint64_t planes = 1;    // samples times groups
  std::uint64_t channels = 1;  // output channels of a group
  std::uint64_t height = 1, width = 1;
  std::uint64_t terms = 1;  // of a sum
  bool quads = false;       // pixels are fetched and stored in fours; height is 1
};

// Estimated nanoseconds of a core.
double LaneTime(const LaneWork& work, const LaneTile& tile, std::uint32_t lanes);

// The tile with the least estimated time, which counts what overhangs too, or an earlier one of the
// list that is nearly as good.
LaneTile ChooseLaneTile(const LaneWork& work, std::uint32_t lanes);

// A 3 x 3 convolution without stride in Winograd's tiles (shaders/ops/winograd_lanes.comp).
struct WinogradWork {
  std::uint64_t samples = 1, height = 1, width = 1;  // of the output
  std::uint64_t in_channels = 1, out_channels = 1;

  std::uint64_t rows(std::uint32_t side) const { return (height + side - 1) / side; }
  std::uint64_t columns(std::uint32_t side) const { return (width + side - 1) / side; }
  std::uint64_t tiles(std::uint32_t side) const { return samples * rows(side) * columns(side); }
};

// What of it a unit computes: `vectors` times the lanes output channels of `group` tiles of `side`
// times `side` outputs.
struct WinogradTile {
  std::uint32_t side = 2;  // or 4
  std::uint32_t vectors = 1, group = 1;

  std::uint32_t values() const { return (side + 2) * (side + 2); }
};

// As LaneTime and ChooseLaneTile, with the input's transform, for tiles of this side. REQUIRES:
// in_channels is a multiple of the lanes.
double WinogradTime(const WinogradWork& work, const WinogradTile& tile, std::uint32_t lanes);
WinogradTile ChooseWinogradTile(const WinogradWork& work, std::uint32_t side, std::uint32_t lanes);

// Invocations of a workgroup, a multiple of the lanes: few where there are few units, so that every
// thread of the device finds work. Two sizes alone, since each is a pipeline of its own.
std::uint32_t LaneLocalSize(std::uint64_t units, std::uint32_t lanes);

// Appends [group][block][step][lanes / 4][vectors][lanes] of four terms each, zeros where channels
// or terms overhang. `weight(channel, term)`: of an output channel of all groups.
void AppendLaneWeights(std::vector<float>& packed, std::uint64_t groups, std::uint64_t channels,
                       std::uint64_t terms, std::uint32_t vectors, std::uint32_t lanes,
                       const std::function<float(std::size_t, std::size_t)>& weight);
// Appends [group][block][vectors][lanes] texels with the bias in x. Empty: zeros.
void AppendLaneBias(std::vector<float>& packed, std::uint64_t groups, std::uint64_t channels,
                    std::uint32_t vectors, std::uint32_t lanes, std::span<const float> bias);

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_KERNELS_LANES_H_
