// MatMul: for each matrix of the batch, its rows as pixels times b in blocks of columns. A b that
// is known is packed once, any other in each run.
#include <algorithm>
#include <array>
#include <memory>

#include "engine/cpu/native/kernels.h"
#include "engine/cpu/native/tile_plan.h"

namespace vigil::cpu::native {
namespace {

// Where the operands of each matrix of the output begin, in floats.
struct Matrices {
  std::vector<std::int64_t> a, b;
};

Matrices MatricesOf(const MatMulSizes& sizes) {
  // One dimension more, so that a row of it is one matrix.
  std::vector<std::int64_t> dims(sizes.batch.dims().begin(), sizes.batch.dims().end());
  dims.push_back(1);
  Matrices matrices;
  ForEachRow(Shape(std::span<const std::int64_t>(dims)), std::array{sizes.a_batch, sizes.b_batch},
             [&](std::int64_t, const std::array<std::int64_t, 2>& offsets) {
               matrices.a.push_back(offsets[0]);
               matrices.b.push_back(offsets[1]);
             });
  return matrices;
}

// Of one matrix.
TilePlan MakePlan(const MatMulSizes& sizes, KernelContext& context) {
  TilePlan plan;
  plan.channels = sizes.columns;
  CutIntoRows(plan, sizes.rows, context.vectors().tile_pixels);
  for (std::int64_t k = 0; k < sizes.depth; ++k) plan.offsets.push_back(k);
  plan.terms = sizes.depth;
  plan.x_step = sizes.depth;
  plan.x_row = plan.row_pixels * plan.x_step;
  plan.y_step = sizes.columns;
  plan.y_row = plan.row_pixels * plan.y_step;
  plan.y_block = kLanes;
  CutIntoJobs(plan, plan.x_row * static_cast<std::int64_t>(sizeof(float)),
              context.team().threads());
  return plan;
}

// b [matrices, depth, columns] as [matrices, blocks, depth, kLanes], zeros beyond the columns.
struct Packing {
  std::int64_t depth, columns, matrices;

  std::int64_t blocks() const { return BlocksOf(columns); }
  std::int64_t jobs() const { return matrices * blocks(); }
  std::size_t bytes() const {
    return static_cast<std::size_t>(jobs() * depth * kLanes) * sizeof(float);
  }
  // One block of one matrix.
  void Run(std::int64_t job, const float* b, float* packed) const {
    const std::int64_t first = job % blocks() * kLanes;
    const std::int64_t lanes = std::min<std::int64_t>(kLanes, columns - first);
    const float* row = b + job / blocks() * depth * columns + first;
    float* to = packed + job * depth * kLanes;
    for (std::int64_t k = 0; k < depth; ++k, row += columns, to += kLanes) {
      std::fill(std::copy_n(row, lanes, to), to + kLanes, 0.0f);
    }
  }
};

// At build where b is constant.
SlotId AddPacking(KernelContext& context, const Packing& packing) {
  if (const Tensor* constant = context.Constant(1)) {
    return context.builder().Pack(packing.bytes(), [&](std::byte* to) {
      const float* b = constant->as<float>().data();
      for (std::int64_t i = 0; i < packing.jobs(); ++i) {
        packing.Run(i, b, reinterpret_cast<float*>(to));
      }
    });
  }
  const SlotId b = context.Input(1, PlainLayout(context.InputShape(1)));
  const SlotId packed = context.builder().Scratch(packing.bytes());
  context.builder().AddFunction(
      [=, &team = context.team()](SlotPointers slots) {
        const float* from = FloatsAt(slots, b);
        float* to = FloatsAt(slots, packed);
        team.ForEach(packing.jobs(), [&](std::int64_t i) { packing.Run(i, from, to); });
      },
      std::array{b, packed});
  return packed;
}

bool Applicable(const KernelContext& context) {
  return context.attrs<MatMulAttrs>() && context.InputShape(1).elements() > 0;
}

void Build(KernelContext& context) {
  const MatMulSizes sizes = SizesOf(context.InputShape(0), context.InputShape(1));
  const auto plan = std::make_shared<const TilePlan>(MakePlan(sizes, context));
  const std::int64_t b_matrix = sizes.depth * sizes.columns;
  const Packing packing{sizes.depth, sizes.columns, context.InputShape(1).elements() / b_matrix};
  const SlotId weights = AddPacking(context, packing);
  const SlotId bias = PackBias(context.builder(), *plan, nullptr);
  const SlotId a = context.Input(0, PlainLayout(context.InputShape(0)));
  const FinishPlan finish(context, Activation{}, PlainLayout(context.OutputShape(0)));
  std::vector<SlotId> uses = finish.uses();
  uses.insert(uses.end(), {a, weights, bias});
  const std::int64_t packed_matrix = plan->blocks() * plan->terms * kLanes;
  context.builder().AddFunction(
      [=, matrices = MatricesOf(sizes), &vectors = context.vectors(),
       &team = context.team()](SlotPointers slots) {
        const TileOperands first{FloatsAt(slots, a), FloatsAt(slots, weights),
                                 FloatsAt(slots, bias), finish.Output(slots), finish.At(slots)};
        const std::int64_t jobs = plan->jobs();
        team.ForEach(static_cast<std::int64_t>(matrices.a.size()) * jobs, [&](std::int64_t i) {
          const auto matrix = static_cast<std::size_t>(i / jobs);
          TileOperands operands = first;
          operands.x += matrices.a[matrix];
          operands.weights += matrices.b[matrix] / b_matrix * packed_matrix;
          operands.y += i / jobs * sizes.rows * sizes.columns;
          RunTileJob(*plan, vectors, operands, i % jobs);
        });
      },
      uses);
}

}  // namespace

const Kernel kMatMulKernel{"own product of matrices", Applicable, Build};

}  // namespace vigil::cpu::native
