// A convolution or a product of matrices as rows of tiles (TileJob), cut into jobs for a team.
#ifndef VIGIL_ENGINE_CPU_NATIVE_TILE_PLAN_H_
#define VIGIL_ENGINE_CPU_NATIVE_TILE_PLAN_H_

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "engine/cpu/native/finish.h"

namespace vigil::cpu::native {

// Strides are in elements. Output channels are cut into blocks of kLanes within each group; pixels
// lie in rows, of which the last may be shorter.
struct TilePlan {
  std::int64_t samples = 1, groups = 1, channels = 1;  // channels: of the output, a group
  std::int64_t rows = 1, row_pixels = 1, last_row_pixels = 1;
  std::vector<std::ptrdiff_t> offsets;  // [groups, terms], into a sample
  std::int64_t terms = 1;

  std::int64_t x_sample = 0, x_row = 0, x_step = 0;
  std::int64_t y_first = 0, y_sample = 0, y_group = 0, y_block = 0, y_row = 0, y_step = 0,
               y_lane = 1;
  // Whether lanes beyond the channels have memory, and are written too.
  bool whole_blocks = false;

  // What one job takes, and whether the samples' jobs of the same blocks follow each other, so that
  // their weights stay in a cache, or those of one sample, so that its input does: set by
  // CutIntoJobs.
  std::int64_t rows_a_job = 1, blocks_a_job = 1;
  bool samples_inside = false;

  std::int64_t blocks() const { return BlocksOf(channels); }
  std::int64_t row_jobs() const { return (rows + rows_a_job - 1) / rows_a_job; }
  std::int64_t block_jobs() const { return (blocks() + blocks_a_job - 1) / blocks_a_job; }
  std::int64_t jobs() const { return samples * groups * row_jobs() * block_jobs(); }
};

// What a plan runs on: pointers to its first sample, weights as PackWeights lays them out.
struct TileOperands {
  const float *x, *weights, *bias;
  float* y;
  Finish finish;
};

// What a row of a job is, for up to `blocks` blocks at once.
struct TileRow {
  std::int64_t group = 0;
  std::int64_t packed = 0;  // the first block, counted over all groups
  int blocks = 1, lanes = kLanes;
  std::int64_t x = 0, y = 0;  // where the row begins
  std::int64_t pixels = 0;
};

// Blocks and rows of one job, the rows inside, so that a block's weights stay in the nearest cache.
template <typename Function>
void ForEachTileRow(const TilePlan& plan, int blocks_at_once, std::int64_t job,
                    const Function& function) {
  const auto take = [&job](std::int64_t of) { return std::exchange(job, job / of) % of; };
  const std::int64_t first_row = take(plan.row_jobs()) * plan.rows_a_job;
  std::int64_t sample = plan.samples_inside ? take(plan.samples) : 0;
  const std::int64_t first_block = take(plan.block_jobs()) * plan.blocks_a_job;
  const std::int64_t group = take(plan.groups);
  sample += job;
  const std::int64_t last_row = std::min(first_row + plan.rows_a_job, plan.rows);
  const std::int64_t last_block = std::min(first_block + plan.blocks_a_job, plan.blocks());
  TileRow tile{.group = group};
  for (std::int64_t block = first_block; block < last_block; block += tile.blocks) {
    tile.packed = group * plan.blocks() + block;
    tile.blocks = block + blocks_at_once <= last_block ? blocks_at_once : 1;
    const std::int64_t left = plan.channels - (block + tile.blocks - 1) * kLanes;
    tile.lanes =
        plan.whole_blocks ? kLanes : static_cast<int>(std::min<std::int64_t>(kLanes, left));
    for (std::int64_t row = first_row; row < last_row; ++row) {
      tile.x = sample * plan.x_sample + row * plan.x_row;
      tile.y = plan.y_first + sample * plan.y_sample + group * plan.y_group + block * plan.y_block +
               row * plan.y_row;
      tile.pixels = row + 1 == plan.rows ? plan.last_row_pixels : plan.row_pixels;
      function(tile);
    }
  }
}

// One of plan.jobs() jobs, on the thread that calls.
void RunTileJob(const TilePlan& plan, const VectorKernels& vectors, const TileOperands& operands,
                std::int64_t job);

// Cuts `pixels` that lie one after the other into rows of a few tiles.
void CutIntoRows(TilePlan& plan, std::int64_t pixels, int tile_pixels);

// A job's input and weights each fit a processor's cache, and there are a few for each thread.
// `row_bytes`: of the input that one row reads.
void CutIntoJobs(TilePlan& plan, std::int64_t row_bytes, int threads);

// Weights and bias as the tiles read them: [groups, blocks, terms, kLanes], [groups, blocks,
// kLanes]. weight(channel, term) and bias(channel) count channels over all groups.
SlotId PackWeights(ProgramBuilder& builder, const TilePlan& plan,
                   const std::function<float(std::int64_t channel, std::int64_t term)>& weight);
SlotId PackBias(ProgramBuilder& builder, const TilePlan& plan, const Tensor* bias);

// Adds the step that runs the plan on the input in `x`. `weights` is not read where a plan has no
// terms.
void AddTiles(KernelContext& context, TilePlan plan, SlotId x, SlotId weights, SlotId bias,
              const FinishPlan& finish);

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_TILE_PLAN_H_
