#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "engine/ops/check.h"
#include "engine/ops/elementwise.h"
#include "engine/ops/epilogue_rule.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

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

float Gelu(float x) { return 0.5f * x * (1.0f + std::erf(x / std::numbers::sqrt2_v<float>)); }

float GeluTanh(float x) {
  // sqrt(2 / pi), and the cubic term that makes the curve fit.
  constexpr float kScale = 0.79788456f, kCubic = 0.044715f;
  return 0.5f * x * (1.0f + std::tanh(kScale * (x + kCubic * x * x * x)));
}

// REQUIRES: one of the kinds that are no Activation and no copy.
float Function(const UnaryAttrs& attrs, float x) {
  switch (attrs.kind) {
    case UnaryKind::kSelu:
      return attrs.beta * (x < 0.0f ? attrs.alpha * std::expm1(x) : x);
    case UnaryKind::kSoftplus:  // ln(1 + e^x) in a form that does not overflow
      return std::max(x, 0.0f) + std::log1p(std::exp(-std::abs(x)));
    case UnaryKind::kSoftsign:
      return x / (1.0f + std::abs(x));
    case UnaryKind::kErf:
      return std::erf(x);
    case UnaryKind::kExp:
      return std::exp(x);
    case UnaryKind::kLog:
      return std::log(x);
    case UnaryKind::kSqrt:
      return std::sqrt(x);
    case UnaryKind::kNeg:
      return -x;
    case UnaryKind::kAbs:
      return std::abs(x);
    case UnaryKind::kReciprocal:
      return 1.0f / x;
    case UnaryKind::kFloor:
      return std::floor(x);
    case UnaryKind::kCeil:
      return std::ceil(x);
    case UnaryKind::kGelu:
      return Gelu(x);
    case UnaryKind::kGeluTanh:
      return GeluTanh(x);
    default:
      VIGIL_CHECK(!"a kind that is an activation");
      return x;
  }
}

void ReferenceUnary(const UnaryAttrs& attrs, std::span<const ConstTensorView> in,
                    std::span<const TensorView> out) {
  if (Copies(attrs)) {
    std::memcpy(out[0].data, in[0].data, in[0].desc.bytes());
    return;
  }
  const std::span<const float> x = in[0].as<float>();
  const auto y = out[0].as<float>().begin();
  const Activation activation = ActivationOf(attrs);
  if (activation.kind != Activation::Kind::kNone) {
    std::ranges::transform(x, y, activation);
  } else {
    std::ranges::transform(x, y, [&](float value) { return Function(attrs, value); });
  }
}

}  // namespace

Activation ActivationOf(const UnaryAttrs& attrs) {
  using Kind = Activation::Kind;
  switch (attrs.kind) {
    case UnaryKind::kRelu:
      return {Kind::kRelu};
    case UnaryKind::kClip:
      return {Kind::kClip, attrs.alpha, attrs.beta};
    case UnaryKind::kSigmoid:
      return {Kind::kSigmoid};
    case UnaryKind::kLeakyRelu:
      return {Kind::kLeakyRelu, attrs.alpha};
    case UnaryKind::kElu:
      return {Kind::kElu, attrs.alpha};
    case UnaryKind::kHardSigmoid:
      return {Kind::kHardSigmoid, attrs.alpha, attrs.beta};
    case UnaryKind::kHardSwish:
      return {Kind::kHardSwish};
    case UnaryKind::kTanh:
      return {Kind::kTanh};
    default:
      return {};
  }
}

bool Copies(const UnaryAttrs& attrs) {
  return attrs.kind == UnaryKind::kIdentity || attrs.kind == UnaryKind::kDropout;
}

constinit const OpDef kUnaryOp = MakeOp<UnaryAttrs, InferUnary, CostUnary, ReferenceUnary>("Unary");

}  // namespace vigil
