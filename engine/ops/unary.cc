#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <numbers>

#include "engine/ops/arithmetic.h"
#include "engine/ops/check.h"
#include "engine/ops/element_type.h"
#include "engine/ops/elementwise.h"
#include "engine/ops/epilogue_rule.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

bool TakesIntegers(UnaryKind kind) {
  return kind == UnaryKind::kNeg || kind == UnaryKind::kAbs || kind == UnaryKind::kSign;
}

std::vector<TensorDesc> InferUnary(const UnaryAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  if (attrs.kind == UnaryKind::kNot) {
    RequireType(in, DType::kBool);
  } else if (TakesIntegers(attrs.kind)) {
    RequireNumbers(in);
  } else if (!Copies(attrs)) {
    RequireFloat32(in);
  }
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

float Softplus(float x) {  // ln(1 + e^x) in a form that does not overflow
  return std::max(x, 0.0f) + std::log1p(std::exp(-std::abs(x)));
}

float Shrink(const UnaryAttrs& attrs, float x) {
  if (x < -attrs.alpha) return x + attrs.beta;
  return x > attrs.alpha ? x - attrs.beta : 0.0f;
}

// REQUIRES: TakesIntegers.
template <typename T>
T FunctionOfAnyNumber(UnaryKind kind, T x) {
  switch (kind) {
    case UnaryKind::kNeg:
      if constexpr (std::is_floating_point_v<T>) return -x;
      return Difference(T{}, x);
    case UnaryKind::kAbs:
      if constexpr (std::is_floating_point_v<T>) return std::abs(x);
      return x < T{} ? Difference(T{}, x) : x;
    default:  // Sign; of NaN it is NaN
      return x != x ? x : static_cast<T>((x > T{}) - (x < T{}));
  }
}

float CircularFunction(UnaryKind kind, float x) {
  switch (kind) {
    case UnaryKind::kSin:
      return std::sin(x);
    case UnaryKind::kCos:
      return std::cos(x);
    case UnaryKind::kTan:
      return std::tan(x);
    case UnaryKind::kAsin:
      return std::asin(x);
    case UnaryKind::kAcos:
      return std::acos(x);
    case UnaryKind::kAtan:
      return std::atan(x);
    case UnaryKind::kSinh:
      return std::sinh(x);
    case UnaryKind::kCosh:
      return std::cosh(x);
    case UnaryKind::kAsinh:
      return std::asinh(x);
    case UnaryKind::kAcosh:
      return std::acosh(x);
    case UnaryKind::kAtanh:
      return std::atanh(x);
    default:
      VIGIL_CHECK(!"a kind that has a function elsewhere");
      return x;
  }
}

// REQUIRES: one of the kinds that are no Activation, no copy, and float alone.
float Function(const UnaryAttrs& attrs, float x) {
  switch (attrs.kind) {
    case UnaryKind::kSelu:
      return attrs.beta * (x < 0.0f ? attrs.alpha * std::expm1(x) : x);
    case UnaryKind::kSoftplus:
      return Softplus(x);
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
    case UnaryKind::kRound:
      return std::nearbyint(x);  // the default rounding mode: halves to even
    case UnaryKind::kThresholdedRelu:
      return x > attrs.alpha ? x : 0.0f;
    case UnaryKind::kShrink:
      return Shrink(attrs, x);
    case UnaryKind::kMish:
      return x * std::tanh(Softplus(x));
    case UnaryKind::kCelu:
      return x < 0.0f ? attrs.alpha * std::expm1(x / attrs.alpha) : x;
    default:
      return CircularFunction(attrs.kind, x);
  }
}

void ReferenceUnary(const UnaryAttrs& attrs, std::span<const ConstTensorView> in,
                    std::span<const TensorView> out) {
  if (Copies(attrs)) {
    std::memcpy(out[0].data, in[0].data, in[0].desc.bytes());
    return;
  }
  if (attrs.kind == UnaryKind::kNot) {
    std::ranges::transform(in[0].as<bool>(), out[0].as<bool>().begin(), std::logical_not<>());
    return;
  }
  if (TakesIntegers(attrs.kind)) {
    WithNumberType(in[0].desc.dtype, [&]<typename T>(T) {
      std::ranges::transform(in[0].as<T>(), out[0].as<T>().begin(),
                             [&](T x) { return FunctionOfAnyNumber(attrs.kind, x); });
    });
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
