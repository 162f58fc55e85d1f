// A convolution or a product of matrices as rows of tiles (TileJob), cut into jobs for a team.
#ifndef VIGIL_ENGINE_CPU_NATIVE_TILE_PLAN_H_
#define VIGIL_ENGINE_CPU_NATIVE_TILE_PLAN_H_

#include <functional>
#include <vector>

#include "engine/cpu/native/finish.h"

namespace vigil::cpu::native {

// Strides are in floats. Output channels are cut into blocks of kLanes within each group; pixels
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

  // What one job takes: set by CutIntoJobs.
  std::int64_t rows_a_job = 1, blocks_a_job = 1;

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
