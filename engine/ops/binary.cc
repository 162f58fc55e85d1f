#include <algorithm>
#include <cmath>

#include "engine/ops/broadcast.h"
#include "engine/ops/check.h"
#include "engine/ops/elementwise.h"
#include "engine/ops/epilogue_rule.h"
#include "engine/ops/iterate.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

std::vector<TensorDesc> InferBinary(const BinaryAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 2, "a, b");
  RequireFloat32(in);
  if (attrs.epilogue.residual) {
    ThrowValue("a residual is set: expected none on an operator that has two inputs itself");
  }
  const Shape out = BroadcastShape(in[0].shape, in[1].shape);
  if (attrs.kind == BinaryKind::kPRelu && !(out == in[0].shape)) {
    ThrowShape(Text("slope is ", in[1].shape, ": expected a shape that broadcasts to that of x, ",
                    in[0].shape));
  }
  RequireNonEmpty("output", out);
  return InferEpilogue(attrs.epilogue, in, {DType::kFloat32, out});
}

OpCost CostBinary(const BinaryAttrs& attrs, std::span<const TensorDesc> in,
                  std::span<const TensorDesc> out) {
  return CostOf(in, out, 0, out[0].shape.elements() * (1 + EpilogueFlops(attrs.epilogue)));
}

template <typename Function>
void ForEachPair(std::span<const ConstTensorView> in, const TensorView& out, Function function) {
  const Shape& shape = out.desc.shape;
  const float* a = in[0].as<float>().data();
  const float* b = in[1].as<float>().data();
  float* y = out.as<float>().data();
  const std::array<Strides, 2> strides{StridesToBroadcast(in[0].desc.shape, shape),
                                       StridesToBroadcast(in[1].desc.shape, shape)};
  const auto last = static_cast<std::size_t>(std::max(shape.rank() - 1, 0));
  const std::int64_t length = shape.rank() ? shape[shape.rank() - 1] : 1;
  ForEachRow(shape, strides, [&](std::int64_t row, const std::array<std::int64_t, 2>& offsets) {
    for (std::int64_t i = 0; i < length; ++i) {
      y[row + i] =
          function(a[offsets[0] + i * strides[0][last]], b[offsets[1] + i * strides[1][last]]);
    }
  });
}

void ReferenceBinary(const BinaryAttrs& attrs, std::span<const ConstTensorView> in,
                     std::span<const TensorView> out) {
  const auto each = [&](auto function) { ForEachPair(in, out[0], function); };
  switch (attrs.kind) {
    case BinaryKind::kAdd:
      each([](float a, float b) { return a + b; });
      break;
    case BinaryKind::kMul:
      each([](float a, float b) { return a * b; });
      break;
    case BinaryKind::kSub:
      each([](float a, float b) { return a - b; });
      break;
    case BinaryKind::kDiv:
      each([](float a, float b) { return a / b; });
      break;
    case BinaryKind::kPow:
      each([](float a, float b) { return std::pow(a, b); });
      break;
    case BinaryKind::kMin:
      each([](float a, float b) { return a < b || std::isnan(a) ? a : b; });
      break;
    case BinaryKind::kMax:
      each([](float a, float b) { return a > b || std::isnan(a) ? a : b; });
      break;
    case BinaryKind::kPRelu:
      each([](float a, float b) { return a < 0.0f ? a * b : a; });
      break;
  }
  ApplyEpilogue(attrs.epilogue, in, out);
}

}  // namespace

constinit const OpDef kBinaryOp =
    MakeOp<BinaryAttrs, InferBinary, CostBinary, ReferenceBinary>("Binary");

}  // namespace vigil
