#include <algorithm>
#include <cmath>

#include "engine/ops/arithmetic.h"
#include "engine/ops/broadcast.h"
#include "engine/ops/check.h"
#include "engine/ops/element_type.h"
#include "engine/ops/elementwise.h"
#include "engine/ops/epilogue_rule.h"
#include "engine/ops/iterate.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

bool IsLogic(BinaryKind kind) {
  return kind == BinaryKind::kAnd || kind == BinaryKind::kOr || kind == BinaryKind::kXor;
}

bool IsComparison(BinaryKind kind) {
  return kind >= BinaryKind::kEqual && kind <= BinaryKind::kGreaterOrEqual;
}

// The output's element type; throws where the inputs' do not suit.
DType ResultType(BinaryKind kind, std::span<const TensorDesc> in) {
  const bool of_bool = kind == BinaryKind::kEqual && in[0].dtype == DType::kBool;
  if (IsLogic(kind) || of_bool) {
    RequireType(in, DType::kBool);
    return DType::kBool;
  }
  if (kind == BinaryKind::kPow) {
    RequireNumbers(in.first(1));
    RequireNumbers(in.last(1));
    return in[0].dtype;
  }
  RequireNumbers(in);
  return IsComparison(kind) ? DType::kBool : in[0].dtype;
}

std::vector<TensorDesc> InferBinary(const BinaryAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 2, "a, b");
  const DType result = ResultType(attrs.kind, in);
  if (attrs.epilogue.residual) {
    ThrowValue("a residual is set: expected none on an operator that has two inputs itself");
  }
  if (result != DType::kFloat32 && !(attrs.epilogue == Epilogue{})) {
    ThrowValue(Text("an epilogue is set: expected none on ", DTypeName(result)));
  }
  const Shape out = BroadcastShape(in[0].shape, in[1].shape);
  if (attrs.kind == BinaryKind::kPRelu && !(out == in[0].shape)) {
    ThrowShape(Text("slope is ", in[1].shape, ": expected a shape that broadcasts to that of x, ",
                    in[0].shape));
  }
  return InferEpilogue(attrs.epilogue, in, {result, out});
}

OpCost CostBinary(const BinaryAttrs& attrs, std::span<const TensorDesc> in,
                  std::span<const TensorDesc> out) {
  return CostOf(in, out, 0, out[0].shape.elements() * (1 + EpilogueFlops(attrs.epilogue)));
}

// y = function(a, b), broadcast, of these element types.
template <typename A, typename B, typename Y, typename Function>
void ForEachPair(std::span<const ConstTensorView> in, const TensorView& out, Function function) {
  const Shape& shape = out.desc.shape;
  const A* a = in[0].as<A>().data();
  const B* b = in[1].as<B>().data();
  Y* y = out.as<Y>().data();
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

template <typename T>
void Compare(BinaryKind kind, std::span<const ConstTensorView> in, const TensorView& out) {
  const auto each = [&](auto function) { ForEachPair<T, T, bool>(in, out, function); };
  switch (kind) {
    case BinaryKind::kEqual:
      return each([](T a, T b) { return a == b; });
    case BinaryKind::kLess:
      return each([](T a, T b) { return a < b; });
    case BinaryKind::kLessOrEqual:
      return each([](T a, T b) { return a <= b; });
    case BinaryKind::kGreater:
      return each([](T a, T b) { return a > b; });
    case BinaryKind::kGreaterOrEqual:
      return each([](T a, T b) { return a >= b; });
    case BinaryKind::kAnd:
      return each([](T a, T b) { return a && b; });
    case BinaryKind::kOr:
      return each([](T a, T b) { return a || b; });
    case BinaryKind::kXor:
      return each([](T a, T b) { return !a != !b; });
    default:
      VIGIL_CHECK(!"a kind that compares nothing");
  }
}

template <typename T>
void Combine(BinaryKind kind, std::span<const ConstTensorView> in, const TensorView& out) {
  const auto each = [&](auto function) { ForEachPair<T, T, T>(in, out, function); };
  switch (kind) {
    case BinaryKind::kAdd:
      return each(Sum<T>);
    case BinaryKind::kMul:
      return each(Product<T>);
    case BinaryKind::kSub:
      return each(Difference<T>);
    case BinaryKind::kDiv:
      return each(Quotient<T>);
    case BinaryKind::kMin:
      return each(Smaller<T>);
    case BinaryKind::kMax:
      return each(Larger<T>);
    case BinaryKind::kPRelu:
      return each([](T a, T b) { return a < T{} ? Product(a, b) : a; });
    case BinaryKind::kMod:
      return each(Modulus<T>);
    case BinaryKind::kRemainder:
      return each(Remainder<T>);
    case BinaryKind::kPow:
      return WithNumberType(in[1].desc.dtype, [&]<typename Exponent>(Exponent) {
        ForEachPair<T, Exponent, T>(in, out, Power<T, Exponent>);
      });
    default:
      VIGIL_CHECK(!"a kind that combines nothing");
  }
}

void ReferenceBinary(const BinaryAttrs& attrs, std::span<const ConstTensorView> in,
                     std::span<const TensorView> out) {
  if (in[0].desc.dtype == DType::kBool) return Compare<bool>(attrs.kind, in, out[0]);
  WithNumberType(in[0].desc.dtype, [&]<typename T>(T) {
    if (IsComparison(attrs.kind)) {
      Compare<T>(attrs.kind, in, out[0]);
    } else {
      Combine<T>(attrs.kind, in, out[0]);
    }
  });
  if (!(attrs.epilogue == Epilogue{})) ApplyEpilogue(attrs.epilogue, in, out);
}

}  // namespace

constinit const OpDef kBinaryOp =
    MakeOp<BinaryAttrs, InferBinary, CostBinary, ReferenceBinary>("Binary");

}  // namespace vigil
