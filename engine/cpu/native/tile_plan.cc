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

// Blocks and rows of one job, the rows inside, so that a block's weights stay in the nearest cache.
void RunTileJob(const TilePlan& plan, const VectorKernels& vectors, const TileOperands& operands,
                std::int64_t job) {
  const std::int64_t first_row = job % plan.row_jobs() * plan.rows_a_job;
  job /= plan.row_jobs();
  const std::int64_t first_block = job % plan.block_jobs() * plan.blocks_a_job;
  job /= plan.block_jobs();
  const std::int64_t group = job % plan.groups, sample = job / plan.groups;
  const std::int64_t last_row = std::min(first_row + plan.rows_a_job, plan.rows);
  const std::int64_t last_block = std::min(first_block + plan.blocks_a_job, plan.blocks());
  TileJob tile{};
  tile.offsets = plan.offsets.data() + group * plan.terms;
  tile.terms = plan.terms;
  tile.x_step = plan.x_step;
  tile.y_step = plan.y_step;
  tile.y_block = plan.y_block;
  tile.lane_step = plan.y_lane;
  for (std::int64_t block = first_block; block < last_block; block += tile.blocks) {
    const std::int64_t packed = group * plan.blocks() + block;
    tile.blocks = block + vectors.tile_blocks <= last_block ? vectors.tile_blocks : 1;
    tile.weights = operands.weights + packed * plan.terms * kLanes;
    tile.bias = operands.bias + packed * kLanes;
    const std::int64_t left = plan.channels - (block + tile.blocks - 1) * kLanes;
    tile.lanes =
        plan.whole_blocks ? kLanes : static_cast<int>(std::min<std::int64_t>(kLanes, left));
    for (std::int64_t row = first_row; row < last_row; ++row) {
      const std::int64_t y = plan.y_first + sample * plan.y_sample + group * plan.y_group +
                             block * plan.y_block + row * plan.y_row;
      tile.x = operands.x + sample * plan.x_sample + row * plan.x_row;
      tile.y = operands.y + y;
      tile.pixels = row + 1 == plan.rows ? plan.last_row_pixels : plan.row_pixels;
      tile.finish = Shifted(operands.finish, y);
      vectors.tile(tile);
    }
  }
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
  plan.blocks_a_job = std::clamp<std::int64_t>(kWeightBytes / block_bytes, 1, plan.blocks());
  // Tiles take blocks in pairs.
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
