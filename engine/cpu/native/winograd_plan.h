// How a 3x3 convolution is cut into tiles and jobs, and when Winograd's algorithm is worth it.
#ifndef VIGIL_ENGINE_CPU_NATIVE_WINOGRAD_PLAN_H_
#define VIGIL_ENGINE_CPU_NATIVE_WINOGRAD_PLAN_H_

#include <array>
#include <vector>

#include "engine/cpu/native/tile_plan.h"

namespace vigil::cpu::native {

// The side of a tile of outputs, 2 or 4, by what the shapes make of the cost; 0: sums as they stand
// are faster. Not by the threads, so that answers do not depend on them. x [N, C, H, W], y the
// output.
int ChooseWinograd(const Shape& x, const Shape& y);

// The same of a node, 0 where it is no convolution of 3x3 and stride 1.
int ChooseWinograd(const OpAttrs& attrs, const Shape& x, const Shape& y);

// Tiles are numbered through the samples, row by row, and taken in groups. Either a job takes a
// group from the input to the output in memory of its thread, which a core's cache holds; or, where
// that would fetch many weights again and again, the team takes a larger one together: transforms
// it, multiplies value by value, transforms it back.
struct WinogradPlan {
  static constexpr std::int64_t kBlocksAtOnce = 4;    // of the output, between two transforms
  static constexpr std::int64_t kBlocksAProduct = 8;  // that a job of the team multiplies

  // REQUIRES: ChooseWinograd is not 0.
  WinogradPlan(const Shape& x, const Shape& y, const std::array<std::int64_t, 4>& pads,
               const VectorKernels& vectors, int threads);

  struct Tile {
    std::int64_t sample, row, column;  // of its first output
  };
  Tile TileAt(std::int64_t tile) const;

  std::int64_t n() const { return tile + 2; }
  std::int64_t values() const { return n() * n(); }
  std::int64_t tiles() const { return samples * tile_rows * tile_columns; }
  std::int64_t groups() const { return (tiles() + tiles_a_group - 1) / tiles_a_group; }
  std::int64_t block_jobs() const { return (out_blocks + blocks_a_job - 1) / blocks_a_job; }
  std::int64_t jobs() const { return groups() * block_jobs(); }
  // Floats between the values of a tile, and of a group's memory: [values, blocks, tiles, kLanes]
  // of the input, then of kBlocksAtOnce of the output, or of all where the team shares it.
  std::int64_t v_step() const { return in_blocks * tiles_a_group * kLanes; }
  std::int64_t m_step() const {
    return (shared ? out_blocks : kBlocksAtOnce) * tiles_a_group * kLanes;
  }
  std::int64_t scratch_floats() const { return values() * (v_step() + m_step()); }

  std::int64_t tile = 0;  // its side
  WinogradKernels kernels;
  std::int64_t samples, channels, in_blocks, height, width, out_blocks, out_height, out_width;
  std::int64_t pad_top, pad_left;
  std::int64_t tile_rows, tile_columns;
  std::int64_t tiles_a_group = 1, blocks_a_job = 1;
  bool shared = false;                  // a group is the team's
  std::vector<std::ptrdiff_t> offsets;  // of the channels, TileJob's
  alignas(64) std::array<float, 2 * kLanes> zeros{};
  Finish no_finish{};

 private:
  void ConsiderSharing();
};

// Weights [K, C, 3, 3] as [values, blocks of K, C, kLanes].
SlotId PackWinograd(ProgramBuilder& builder, const WinogradPlan& plan, const Tensor& weights);

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_WINOGRAD_PLAN_H_
