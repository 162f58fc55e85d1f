#include "engine/ops/elementwise.h"

#include <algorithm>
#include <cstring>

#include "engine/ops/broadcast.h"
#include "engine/ops/check.h"
#include "engine/ops/epilogue_rule.h"
#include "engine/ops/iterate.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

// Relu, Clip and Sigmoid as the activation that they become when fused; the others have none.
Activation ActivationOf(const UnaryAttrs& attrs) {
  switch (attrs.kind) {
    case UnaryKind::kRelu:
      return {Activation::Kind::kRelu};
    case UnaryKind::kClip:
      return {Activation::Kind::kClip, attrs.alpha, attrs.beta};
    case UnaryKind::kSigmoid:
      return {Activation::Kind::kSigmoid};
    case UnaryKind::kIdentity:
    case UnaryKind::kDropout:
      return {};
  }
  return {};
}

bool Copies(const UnaryAttrs& attrs) {
  return attrs.kind == UnaryKind::kIdentity || attrs.kind == UnaryKind::kDropout;
}

std::vector<TensorDesc> InferUnary(const UnaryAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  if (!Copies(attrs)) RequireFloat32(in);
  CheckActivation(ActivationOf(attrs));
  RequireNonEmpty("x", in[0].shape);
  return {in[0]};
}

OpCost CostUnary(const UnaryAttrs& attrs, std::span<const TensorDesc> in,
                 std::span<const TensorDesc> out) {
  return CostOf(in, out, 0, Copies(attrs) ? 0 : out[0].shape.elements());
}

void ReferenceUnary(const UnaryAttrs& attrs, std::span<const ConstTensorView> in,
                    std::span<const TensorView> out) {
  if (Copies(attrs)) {
    std::memcpy(out[0].data, in[0].data, in[0].desc.bytes());
    return;
  }
  const std::span<const float> x = in[0].as<float>();
  std::ranges::transform(x, out[0].as<float>().begin(), ActivationOf(attrs));
}

std::vector<TensorDesc> InferBinary(const BinaryAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 2, "a, b");
  RequireFloat32(in);
  if (attrs.epilogue.residual) ThrowValue("a residual is set: expected none on Add or Mul");
  const Shape out = BroadcastShape(in[0].shape, in[1].shape);
  RequireNonEmpty("output", out);
  return InferEpilogue(attrs.epilogue, in, {DType::kFloat32, out});
}

OpCost CostBinary(const BinaryAttrs& attrs, std::span<const TensorDesc> in,
                  std::span<const TensorDesc> out) {
  return CostOf(in, out, 0, out[0].shape.elements() * (1 + EpilogueFlops(attrs.epilogue)));
}

void ReferenceBinary(const BinaryAttrs& attrs, std::span<const ConstTensorView> in,
                     std::span<const TensorView> out) {
  const Shape& shape = out[0].desc.shape;
  const float* a = in[0].as<float>().data();
  const float* b = in[1].as<float>().data();
  float* y = out[0].as<float>().data();
  const std::array<Strides, 2> strides{StridesToBroadcast(in[0].desc.shape, shape),
                                       StridesToBroadcast(in[1].desc.shape, shape)};
  const auto last = static_cast<std::size_t>(std::max(shape.rank() - 1, 0));
  const std::int64_t length = shape.rank() ? shape[shape.rank() - 1] : 1;
  ForEachRow(shape, strides, [&](std::int64_t row, const std::array<std::int64_t, 2>& offsets) {
    for (std::int64_t i = 0; i < length; ++i) {
      const float left = a[offsets[0] + i * strides[0][last]];
      const float right = b[offsets[1] + i * strides[1][last]];
      y[row + i] = attrs.kind == BinaryKind::kAdd ? left + right : left * right;
    }
  });
  ApplyEpilogue(attrs.epilogue, in, out);
}

}  // namespace

constinit const OpDef kUnaryOp = MakeOp<UnaryAttrs, InferUnary, CostUnary, ReferenceUnary>("Unary");
constinit const OpDef kBinaryOp =
    MakeOp<BinaryAttrs, InferBinary, CostBinary, ReferenceBinary>("Binary");

}  // namespace vigil
