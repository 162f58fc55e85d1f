// QLinearMatMul and MatMulInteger of activations [M, K] with constant weights: a row of M pixels of
// K channels.
#include <cstring>

#include "engine/cpu/native/byte_finish.h"
#include "engine/cpu/native/byte_product.h"
#include "engine/cpu/native/kernels.h"

namespace vigil::cpu::native {
namespace {

std::optional<ByteProduct> ProductOf(const KernelContext& context) {
  const auto* attrs = context.attrs<QGemmAttrs>();
  if (!attrs || context.InputShape(0).rank() != 2 || context.InputShape(1).rank() != 2)
    return std::nullopt;
  return ByteProductOf(context, attrs->product, attrs->trans_b);
}

bool Applicable(const KernelContext& context) { return ProductOf(context).has_value(); }

// Rows of whole quads of unsigned bytes: as they are, or a copy.
SlotId RowsOf(KernelContext& context, std::int64_t row_bytes) {
  const std::int64_t rows = context.InputShape(0)[0], depth = context.InputShape(0)[1];
  const bool is_signed = context.InputDesc(0).dtype == DType::kInt8;
  const SlotId x = context.Input(0, PlainLayout(context.InputDesc(0)));
  if (!is_signed && row_bytes == depth) return x;
  const SlotId copy = context.builder().Scratch(static_cast<std::size_t>(rows * row_bytes));
  const auto flip = static_cast<std::uint8_t>(is_signed ? 0x80 : 0);
  context.builder().AddFunction(
      [=](SlotPointers slots) {
        const auto* from = ElementsAt<const std::uint8_t>(slots, x);
        auto* to = ElementsAt<std::uint8_t>(slots, copy);
        for (std::int64_t row = 0; row < rows; ++row, from += depth, to += row_bytes) {
          for (std::int64_t k = 0; k < depth; ++k)
            to[k] = static_cast<std::uint8_t>(from[k] ^ flip);
          std::memset(to + depth, 0, static_cast<std::size_t>(row_bytes - depth));
        }
      },
      std::array{x, copy});
  return copy;
}

TilePlan MakePlan(KernelContext& context, std::int64_t row_bytes, std::int64_t columns) {
  TilePlan plan;
  plan.channels = columns;
  CutIntoRows(plan, context.OutputShape(0)[0], context.bytes().tile_pixels);
  for (std::int64_t k = 0; k < row_bytes; k += kQuad) plan.offsets.push_back(k);
  plan.terms = row_bytes / kQuad;
  plan.x_step = row_bytes;
  plan.x_row = plan.row_pixels * row_bytes;
  plan.y_step = columns;
  plan.y_row = plan.row_pixels * columns;
  plan.y_block = kLanes;
  CutIntoJobs(plan, plan.x_row, context.team().threads());
  return plan;
}

void Build(KernelContext& context) {
  const ByteProduct product = *ProductOf(context);
  const std::int64_t row_bytes = (product.filter + kQuad - 1) / kQuad * kQuad;
  const SlotId x = RowsOf(context, row_bytes);
  TilePlan plan = MakePlan(context, row_bytes, product.channels);
  const SlotId weights = PackByteWeights(
      context.builder(), plan, product.channels,
      [&](std::int64_t channel, std::int64_t term, int place) {
        const std::int64_t k = term * kQuad + place;
        if (k >= product.filter) return std::int8_t{0};
        return product.weights[static_cast<std::size_t>(channel * product.filter + k)];
      });
  const SlotId bias = PackByteBias(context.builder(), product.channels,
                                   [&](std::int64_t m) { return product.Folded(m); });
  const ByteFinishPlan finish(context, context.attrs<QGemmAttrs>()->product, product.channels);
  AddByteTiles(context, std::move(plan), x, weights, bias, finish);
}

}  // namespace

const Kernel kByteInnerProductKernel{"own inner product of bytes", Applicable, Build};

}  // namespace vigil::cpu::native
