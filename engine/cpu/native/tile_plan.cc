#include "engine/cpu/native/tile_plan.h"

#include <algorithm>
#include <memory>

namespace vigil::cpu::native {
namespace {

// Half of what cores have at the second level, which weights and input share.
constexpr std::int64_t kInputBytes = 64 * 1024;
constexpr std::int64_t kWeightBytes = 192 * 1024;
// Fewer multiply-accumulates are not worth waking a thread for.
constexpr std::int64_t kSmallestJob = 64 * 1024;
constexpr std::int64_t kJobsAThread = 4;

}  // namespace

void RunTileJob(const TilePlan& plan, const VectorKernels& vectors, const TileOperands& operands,
                std::int64_t job) {
  TileJob tile{};
  tile.terms = plan.terms;
  tile.x_step = plan.x_step;
  tile.y_step = plan.y_step;
  tile.y_block = plan.y_block;
  tile.lane_step = plan.y_lane;
  ForEachTileRow(plan, vectors.tile_blocks, job, [&](const TileRow& row) {
    tile.offsets = plan.offsets.data() + row.group * plan.terms;
    tile.blocks = row.blocks;
    tile.weights = operands.weights + row.packed * plan.terms * kLanes;
    tile.bias = operands.bias + row.packed * kLanes;
    tile.lanes = row.lanes;
    tile.x = operands.x + row.x;
    tile.y = operands.y + row.y;
    tile.pixels = row.pixels;
    tile.finish = Shifted(operands.finish, row.y);
    vectors.tile(tile);
  });
}

void CutIntoRows(TilePlan& plan, std::int64_t pixels, int tile_pixels) {
  constexpr std::int64_t kTilesARow = 8;
  // Rows of equal length, for a short last one would have small and slow tiles.
  const std::int64_t most = kTilesARow * tile_pixels;
  const std::int64_t rows = std::max<std::int64_t>((pixels + most - 1) / most, 1);
  plan.row_pixels = (pixels + rows - 1) / rows;
  plan.rows = plan.row_pixels > 0 ? (pixels + plan.row_pixels - 1) / plan.row_pixels : 0;
  plan.last_row_pixels = pixels - (plan.rows - 1) * plan.row_pixels;
}

void CutIntoJobs(TilePlan& plan, std::int64_t row_bytes, int threads) {
  const std::int64_t block_bytes =
      std::max<std::int64_t>(plan.terms, 1) * kLanes * static_cast<std::int64_t>(sizeof(float));
  plan.rows_a_job = std::clamp<std::int64_t>(kInputBytes / row_bytes, 1, plan.rows);
  // Tiles take blocks in pairs: single ones would have too few sums.
  plan.blocks_a_job = std::clamp<std::int64_t>(
      kWeightBytes / block_bytes, std::min<std::int64_t>(2, plan.blocks()), plan.blocks());
  if (plan.blocks_a_job > 1 && plan.blocks_a_job < plan.blocks()) plan.blocks_a_job &= ~1;
  const std::int64_t row_work = plan.row_pixels * plan.terms * kLanes;
  while (threads > 1 && plan.jobs() < kJobsAThread * threads) {
    const std::int64_t work = plan.rows_a_job * plan.blocks_a_job * row_work;
    if (work < 2 * kSmallestJob) break;
    if (plan.rows_a_job > 1 && plan.rows_a_job >= plan.blocks_a_job) {
      plan.rows_a_job = (plan.rows_a_job + 1) / 2;
    } else if (plan.blocks_a_job > 1) {
      plan.blocks_a_job = (plan.blocks_a_job + 1) / 2;
      if (plan.blocks_a_job > 1) plan.blocks_a_job += plan.blocks_a_job % 2;
    } else {
      break;
    }
  }
  // What comes from the last cache or memory: all weights once a sample, or its input once for
  // every job of blocks.
  plan.samples_inside =
      plan.samples > 1 && plan.block_jobs() * plan.rows * row_bytes < plan.blocks() * block_bytes;
}

SlotId PackWeights(ProgramBuilder& builder, const TilePlan& plan,
                   const std::function<float(std::int64_t channel, std::int64_t term)>& weight) {
  const std::int64_t blocks = plan.blocks();
  const auto floats = static_cast<std::size_t>(plan.groups * blocks * plan.terms * kLanes);
  return builder.Pack(floats * sizeof(float), [&](std::byte* bytes) {
    auto* packed = reinterpret_cast<float*>(bytes);
    for (std::int64_t i = 0; i < plan.groups * blocks; ++i) {
      const std::int64_t first = i % blocks * kLanes;
      for (std::int64_t term = 0; term < plan.terms; ++term) {
        for (std::int64_t lane = 0; lane < kLanes; ++lane) {
          const bool real = first + lane < plan.channels;
          *packed++ = real ? weight(i / blocks * plan.channels + first + lane, term) : 0.0f;
        }
      }
    }
  });
}

SlotId PackBias(ProgramBuilder& builder, const TilePlan& plan, const Tensor* bias) {
  TilePlan one = plan;
  one.terms = 1;
  const float* values = bias ? bias->as<float>().data() : nullptr;
  return PackWeights(builder, one, [values](std::int64_t channel, std::int64_t) {
    return values ? values[channel] : 0.0f;
  });
}

void AddTiles(KernelContext& context, TilePlan plan, SlotId x, SlotId weights, SlotId bias,
              const FinishPlan& finish) {
  std::vector<SlotId> uses = finish.uses();
  uses.insert(uses.end(), {x, weights, bias});
  // Shared, for functions are copied.
  const auto kept = std::make_shared<const TilePlan>(std::move(plan));
  context.builder().AddFunction(
      [=, &vectors = context.vectors(), &team = context.team()](SlotPointers slots) {
        const TileOperands operands{FloatsAt(slots, x), FloatsAt(slots, weights),
                                    FloatsAt(slots, bias), finish.Output(slots), finish.At(slots)};
        team.ForEach(kept->jobs(),
                     [&](std::int64_t job) { RunTileJob(*kept, vectors, operands, job); });
      },
      uses);
}

}  // namespace vigil::cpu::native
