// 3x3 convolutions of stride 1 as Winograd's: tiles of M x M outputs become (M + 2)^2 products of
// matrices, of tiles times channels, with 2.25 (M = 2) or 4 (M = 4) times fewer multiplications
// than their sums have. Either a job takes a group of tiles from the input to the output, in memory
// of its thread that fits a core's cache, or the team a larger one (winograd_plan.h).
#include <algorithm>
#include <array>
#include <memory>

#include "engine/cpu/native/kernels.h"
#include "engine/cpu/native/winograd_plan.h"

namespace vigil::cpu::native {
namespace {

bool Applicable(const KernelContext& context) {
  const ConvAttrs* attrs = context.attrs<ConvAttrs>();
  return attrs && context.Constant(1) && (!attrs->has_bias || context.Constant(2)) &&
         ChooseWinograd(*attrs, context.InputShape(0), context.OutputShape(0)) > 0;
}

// What a run works on.
struct Operands {
  const float *x, *weights, *bias;
  float *y, *scratch;
  Finish finish;
};

// The tile's pixels for blocks [first, last) of the input: in place where it lies within the image,
// else by way of a copy with zeros around it.
void TransformInput(const WinogradPlan& plan, const Operands& operands, std::int64_t tile,
                    std::int64_t first, std::int64_t last, float* v) {
  const WinogradPlan::Tile at = plan.TileAt(tile);
  const std::int64_t n = plan.n(), line = plan.width * kLanes;
  const std::int64_t first_row = at.row - plan.pad_top, first_column = at.column - plan.pad_left;
  const bool within = first_row >= 0 && first_column >= 0 && first_row + n <= plan.height &&
                      first_column + n <= plan.width;
  alignas(64) std::array<float, 6 * 6 * kLanes> copy;
  v += first * plan.tiles_a_group * kLanes;
  for (std::int64_t block = first; block < last; ++block, v += plan.tiles_a_group * kLanes) {
    const float* plane = operands.x + (at.sample * plan.in_blocks + block) * plan.height * line;
    WinogradInputJob job{plane + first_row * line + first_column * kLanes, line, v, plan.v_step()};
    if (!within) {
      copy.fill(0.0f);
      const std::int64_t from = std::max<std::int64_t>(0, -first_column);
      const std::int64_t to = std::min(n, plan.width - first_column);
      for (std::int64_t row = std::max<std::int64_t>(0, -first_row);
           row < std::min(n, plan.height - first_row) && from < to; ++row) {
        std::copy_n(job.x + row * line + from * kLanes, (to - from) * kLanes,
                    copy.data() + (row * n + from) * kLanes);
      }
      job.x = copy.data();
      job.x_row = n * kLanes;
    }
    plan.kernels.input(job);
  }
}

// The products of values [first, last) of one group of tiles with some blocks of the output.
void Multiply(const WinogradPlan& plan, const VectorKernels& vectors, const Operands& operands,
              std::int64_t tiles, std::int64_t first, std::int64_t last, std::int64_t first_block,
              std::int64_t blocks, const float* v, float* m) {
  TileJob tile{};
  tile.offsets = plan.offsets.data();
  tile.terms = plan.channels;
  tile.bias = plan.zeros.data();
  tile.x_step = tile.y_step = kLanes;
  tile.pixels = tiles;
  tile.y_block = plan.tiles_a_group * kLanes;
  tile.lane_step = 1;
  tile.lanes = kLanes;
  tile.finish = plan.no_finish;
  for (std::int64_t e = first; e < last; ++e) {
    tile.x = v + e * plan.v_step();
    for (std::int64_t block = 0; block < blocks; block += tile.blocks) {
      tile.blocks = block + vectors.tile_blocks <= blocks ? vectors.tile_blocks : 1;
      tile.weights =
          operands.weights + (e * plan.out_blocks + first_block + block) * plan.channels * kLanes;
      tile.y = m + e * plan.m_step() + block * tile.y_block;
      vectors.tile(tile);
    }
  }
}

void TransformOutput(const WinogradPlan& plan, const Operands& operands, std::int64_t tile,
                     std::int64_t block, const float* m) {
  const WinogradPlan::Tile at = plan.TileAt(tile);
  const std::int64_t line = plan.out_width * kLanes;
  const std::int64_t y = (at.sample * plan.out_blocks + block) * plan.out_height * line +
                         at.row * line + at.column * kLanes;
  plan.kernels.output(
      {m, plan.m_step(), operands.bias + block * kLanes, operands.y + y, line,
       static_cast<int>(std::min<std::int64_t>(plan.tile, plan.out_height - at.row)),
       static_cast<int>(std::min<std::int64_t>(plan.tile, plan.out_width - at.column)),
       Shifted(operands.finish, y)});
}

void RunJob(const WinogradPlan& plan, const VectorKernels& vectors, const Operands& operands,
            std::int64_t job, int thread) {
  const std::int64_t first_tile = job / plan.block_jobs() * plan.tiles_a_group;
  const std::int64_t tiles = std::min(plan.tiles_a_group, plan.tiles() - first_tile);
  const std::int64_t job_block = job % plan.block_jobs() * plan.blocks_a_job;
  const std::int64_t last_block = std::min(job_block + plan.blocks_a_job, plan.out_blocks);
  float* v = operands.scratch + thread * plan.scratch_floats();
  float* m = v + plan.values() * plan.v_step();
  for (std::int64_t i = 0; i < tiles; ++i)
    TransformInput(plan, operands, first_tile + i, 0, plan.in_blocks, v + i * kLanes);
  for (std::int64_t block = job_block; block < last_block; block += plan.kBlocksAtOnce) {
    const std::int64_t blocks = std::min(plan.kBlocksAtOnce, last_block - block);
    Multiply(plan, vectors, operands, tiles, 0, plan.values(), block, blocks, v, m);
    for (std::int64_t b = 0; b < blocks; ++b) {
      for (std::int64_t i = 0; i < tiles; ++i) {
        TransformOutput(plan, operands, first_tile + i, block + b,
                        m + (b * plan.tiles_a_group + i) * kLanes);
      }
    }
  }
}

// One group by the whole team, a block of the input, a value, and a block of the output a job.
void RunShared(const WinogradPlan& plan, const VectorKernels& vectors, const Operands& operands,
               std::int64_t group, Team& team) {
  const std::int64_t first_tile = group * plan.tiles_a_group;
  const std::int64_t tiles = std::min(plan.tiles_a_group, plan.tiles() - first_tile);
  float* v = operands.scratch;
  float* m = v + plan.values() * plan.v_step();
  team.ForEach(plan.in_blocks, [&](std::int64_t block) {
    for (std::int64_t i = 0; i < tiles; ++i)
      TransformInput(plan, operands, first_tile + i, block, block + 1, v + i * kLanes);
  });
  const std::int64_t parts = (plan.out_blocks + plan.kBlocksAProduct - 1) / plan.kBlocksAProduct;
  team.ForEach(plan.values() * parts, [&](std::int64_t job) {
    const std::int64_t e = job / parts, block = job % parts * plan.kBlocksAProduct;
    Multiply(plan, vectors, operands, tiles, e, e + 1, block,
             std::min(plan.kBlocksAProduct, plan.out_blocks - block), v,
             m + block * plan.tiles_a_group * kLanes);
  });
  team.ForEach(plan.out_blocks, [&](std::int64_t block) {
    for (std::int64_t i = 0; i < tiles; ++i) {
      TransformOutput(plan, operands, first_tile + i, block,
                      m + (block * plan.tiles_a_group + i) * kLanes);
    }
  });
}

void Build(KernelContext& context) {
  const ConvAttrs& attrs = *context.attrs<ConvAttrs>();
  const Shape& shape = context.InputShape(0);
  const auto plan = std::make_shared<const WinogradPlan>(
      shape, context.OutputShape(0), attrs.pads, context.vectors(), context.team().threads());
  const SlotId weights = PackWinograd(context.builder(), *plan, *context.Constant(1));
  TilePlan biases;
  biases.channels = context.OutputShape(0)[1];
  const SlotId bias =
      PackBias(context.builder(), biases, attrs.has_bias ? context.Constant(2) : nullptr);
  const SlotId x = context.Input(0, BlockedLayout(shape));
  const FinishPlan finish(context, attrs.epilogue, BlockedLayout(context.OutputShape(0)));
  const auto floats = static_cast<std::size_t>(plan->scratch_floats() *
                                               (plan->shared ? 1 : context.team().threads()));
  const SlotId scratch = context.builder().Scratch(floats * sizeof(float));
  std::vector<SlotId> uses = finish.uses();
  uses.insert(uses.end(), {x, weights, bias, scratch});
  context.builder().AddFunction(
      [=, &vectors = context.vectors(), &team = context.team()](SlotPointers slots) {
        const Operands operands{FloatsAt(slots, x),       FloatsAt(slots, weights),
                                FloatsAt(slots, bias),    finish.Output(slots),
                                FloatsAt(slots, scratch), finish.At(slots)};
        for (std::int64_t group = 0; plan->shared && group < plan->groups(); ++group)
          RunShared(*plan, vectors, operands, group, team);
        if (plan->shared) return;
        team.ForEach(plan->jobs(), [&](std::int64_t job, int thread) {
          RunJob(*plan, vectors, operands, job, thread);
        });
      },
      uses);
}

}  // namespace

const Kernel kWinogradKernel{"own convolution by Winograd's algorithm", Applicable, Build};

}  // namespace vigil::cpu::native
