// Arithmetic on constants of any element type: what shape subgraphs are made of.
#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <type_traits>

#include "engine/base/text.h"
#include "engine/onnx/fold.h"
#include "engine/ops/broadcast.h"
#include "engine/ops/evaluate.h"

namespace vigil::onnx {
namespace {

// Calls visit with a number of the type, to tell the type; nothing for other types.
template <typename Visit>
std::optional<Tensor> WithNumbers(DType dtype, const Visit& visit) {
  switch (dtype) {
    case DType::kFloat32:
      return visit(float{});
    case DType::kInt8:
      return visit(std::int8_t{});
    case DType::kUInt8:
      return visit(std::uint8_t{});
    case DType::kInt32:
      return visit(std::int32_t{});
    case DType::kInt64:
      return visit(std::int64_t{});
    default:
      return std::nullopt;
  }
}

// y = apply(a, b), broadcast; both of type T.
template <typename Result, typename T, typename Apply>
std::optional<Tensor> Combine(const FoldArguments& arguments, const Tensor& a, const Tensor& b,
                              const Apply& apply) {
  if (a.desc().dtype != b.desc().dtype) {
    throw Error(Fault::kModel, ErrorCode::kInvalidType,
                Text("inputs are ", DTypeName(a.desc().dtype), " and ", DTypeName(b.desc().dtype),
                     ": expected one type"));
  }
  const TensorDesc desc{DTypeOf<Result>(), BroadcastShape(a.shape(), b.shape())};
  if (desc.bytes() > arguments.max_bytes) return std::nullopt;
  Tensor out(desc);
  const T* left = a.as<T>().data();
  const T* right = b.as<T>().data();
  Result* y = out.as<Result>().data();
  const std::array<Strides, 2> steps{StridesToBroadcast(a.shape(), desc.shape),
                                     StridesToBroadcast(b.shape(), desc.shape)};
  const int rank = desc.shape.rank();
  const auto last = static_cast<std::size_t>(std::max(rank - 1, 0));
  const std::int64_t length = rank ? desc.shape[rank - 1] : 1;
  ForEachRow<2>(
      desc.shape, steps, [&](std::int64_t row, const std::array<std::int64_t, 2>& offsets) {
        for (std::int64_t i = 0; i < length; ++i) {
          y[row + i] =
              apply(left[offsets[0] + i * steps[0][last]], right[offsets[1] + i * steps[1][last]]);
        }
      });
  return out;
}

// Integers wrap around, as they do in the standard's own reference.
template <typename T>
std::uint64_t Bits(T value) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
}

struct Add {
  template <typename T>
  static T Of(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) return a + b;
    return static_cast<T>(Bits(a) + Bits(b));
  }
};
struct Sub {
  template <typename T>
  static T Of(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) return a - b;
    return static_cast<T>(Bits(a) - Bits(b));
  }
};
struct Mul {
  template <typename T>
  static T Of(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) return a * b;
    return static_cast<T>(Bits(a) * Bits(b));
  }
};
template <typename T>
void RequireDivisor(T b) {
  if (b == T{}) throw Error(Fault::kModel, ErrorCode::kInvalidValue, "division by 0");
}
struct Div {
  template <typename T>
  static T Of(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) return a / b;
    RequireDivisor(b);
    if (std::is_signed_v<T> && b == static_cast<T>(-1)) return Sub::Of(T{}, a);
    return static_cast<T>(a / b);
  }
};
struct Min {
  template <typename T>
  static T Of(T a, T b) {
    return b < a ? b : a;
  }
};
struct Max {
  template <typename T>
  static T Of(T a, T b) {
    return a < b ? b : a;
  }
};
// The remainder has the divisor's sign.
struct Mod {
  template <typename T>
  static T Of(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
      return std::fmod(a, b);
    } else {
      RequireDivisor(b);
      if (std::is_signed_v<T> && b == static_cast<T>(-1)) return T{};
      const T rest = static_cast<T>(a % b);
      return rest != T{} && (rest < T{}) != (b < T{}) ? static_cast<T>(rest + b) : rest;
    }
  }
};

// Before opset 7 the second input could be laid along an axis: that is the importer's mapping.
bool BroadcastsAsToday(const FoldArguments& arguments) {
  return arguments.opset >= 7 || !arguments.attributes().Has("axis");
}

template <typename Op>
std::optional<Tensor> FoldArithmetic(const FoldArguments& arguments) {
  if (!BroadcastsAsToday(arguments)) return std::nullopt;
  return WithNumbers(arguments.Input(0).desc().dtype, [&](auto number) -> std::optional<Tensor> {
    using T = decltype(number);
    std::optional<Tensor> result = arguments.Input(0).Clone();
    for (std::size_t i = 1; i < arguments.inputs.size() && result; ++i) {
      result = Combine<T, T>(arguments, *result, arguments.Input(i), Op::template Of<T>);
    }
    return result;
  });
}

std::optional<Tensor> FoldMod(const FoldArguments& arguments) {
  const bool c_remainder = arguments.attributes().Int("fmod", 0) != 0;
  if (!c_remainder) return FoldArithmetic<Mod>(arguments);
  return WithNumbers(arguments.Input(0).desc().dtype, [&](auto number) {
    using T = decltype(number);
    return Combine<T, T>(arguments, arguments.Input(0), arguments.Input(1), [](T a, T b) -> T {
      if constexpr (std::is_floating_point_v<T>) {
        return std::fmod(a, b);
      } else {
        RequireDivisor(b);
        return std::is_signed_v<T> && b == static_cast<T>(-1) ? T{} : static_cast<T>(a % b);
      }
    });
  });
}

std::optional<Tensor> FoldPow(const FoldArguments& arguments) {
  if (!BroadcastsAsToday(arguments)) return std::nullopt;
  const Tensor& base = arguments.Input(0);
  // Exponents of another type are numbers of the base's.
  const ConstTensorView exponent = arguments.Input(1).view();
  const std::vector<Tensor> same =
      EvaluateOp(CastAttrs{base.desc().dtype}, std::span(&exponent, 1));
  return WithNumbers(base.desc().dtype, [&](auto number) {
    using T = decltype(number);
    return Combine<T, T>(arguments, base, same.front(), [](T a, T b) {
      return static_cast<T>(std::pow(static_cast<double>(a), static_cast<double>(b)));
    });
  });
}

struct Equal {
  static constexpr auto kOf = [](auto a, auto b) { return a == b; };
};
struct Less {
  static constexpr auto kOf = [](auto a, auto b) { return a < b; };
};
struct LessOrEqual {
  static constexpr auto kOf = [](auto a, auto b) { return a <= b; };
};
struct Greater {
  static constexpr auto kOf = [](auto a, auto b) { return a > b; };
};
struct GreaterOrEqual {
  static constexpr auto kOf = [](auto a, auto b) { return a >= b; };
};
struct And {
  static constexpr auto kOf = [](bool a, bool b) { return a && b; };
};
struct Or {
  static constexpr auto kOf = [](bool a, bool b) { return a || b; };
};
struct Xor {
  static constexpr auto kOf = [](bool a, bool b) { return a != b; };
};

template <typename Op>
std::optional<Tensor> FoldComparison(const FoldArguments& arguments) {
  if (!BroadcastsAsToday(arguments)) return std::nullopt;
  const Tensor &a = arguments.Input(0), &b = arguments.Input(1);
  if (a.desc().dtype == DType::kBool) return Combine<bool, bool>(arguments, a, b, Op::kOf);
  return WithNumbers(a.desc().dtype, [&](auto number) {
    return Combine<bool, decltype(number)>(arguments, a, b, Op::kOf);
  });
}

std::optional<Tensor> FoldNot(const FoldArguments& arguments) {
  Tensor result = arguments.Input(0).Clone();
  if (result.desc().dtype != DType::kBool) return std::nullopt;
  for (bool& value : result.as<bool>()) value = !value;
  return result;
}

template <typename Op>
std::optional<Tensor> FoldUnary(const FoldArguments& arguments) {
  return WithNumbers(arguments.Input(0).desc().dtype, [&](auto number) -> std::optional<Tensor> {
    using T = decltype(number);
    if constexpr (requires { Op::Of(number); }) {
      Tensor result = arguments.Input(0).Clone();
      for (T& value : result.as<T>()) value = Op::Of(value);
      return result;
    }
    return std::nullopt;
  });
}

struct Neg {
  template <typename T>
  static T Of(T x) {
    if constexpr (std::is_floating_point_v<T>) return -x;
    return Sub::Of(T{}, x);
  }
};
struct Abs {
  template <typename T>
  static T Of(T x) {
    return x < T{} ? Neg::Of(x) : (x == T{} ? T{} : x);
  }
};
struct Sign {
  template <typename T>
  static T Of(T x) {
    return static_cast<T>((x > T{}) - (x < T{}));
  }
};
struct Floor {
  template <std::floating_point T>
  static T Of(T x) {
    return std::floor(x);
  }
};
struct Ceil {
  template <std::floating_point T>
  static T Of(T x) {
    return std::ceil(x);
  }
};
struct Round {
  template <std::floating_point T>
  static T Of(T x) {
    return std::nearbyint(x);
  }  // halves go to the even neighbour
};
struct Sqrt {
  template <std::floating_point T>
  static T Of(T x) {
    return std::sqrt(x);
  }
};

// Which axes a reduction runs over, as bits; nothing where it is the identity.
std::optional<unsigned> ReducedAxes(const FoldArguments& arguments, std::int64_t input_since) {
  const int rank = arguments.Input(0).shape().rank();
  std::optional<std::vector<std::int64_t>> axes;
  if (arguments.opset < input_since) {
    axes = arguments.attributes().Ints("axes");
  } else if (arguments.Has(1)) {
    axes = arguments.Ints(1);
  }
  if (!axes || axes->empty()) {
    if (arguments.attributes().Int("noop_with_empty_axes", 0) != 0) return std::nullopt;
    return (1u << rank) - 1u;
  }
  unsigned bits = 0;
  for (const std::int64_t axis : *axes) bits |= 1u << ResolveAxis(axis, rank);
  return bits;
}

template <typename Op, int kInputSince>
std::optional<Tensor> FoldReduction(const FoldArguments& arguments) {
  const Tensor& x = arguments.Input(0);
  const std::optional<unsigned> axes = ReducedAxes(arguments, kInputSince);
  if (!axes) return x.Clone();
  if (x.shape().elements() == 0) return std::nullopt;
  const bool keeps = arguments.attributes().Int("keepdims", 1) != 0;
  std::vector<std::int64_t> dims;
  Strides steps{};
  std::int64_t step = 1;
  for (int d = x.shape().rank() - 1; d >= 0; --d) {
    const bool reduced = *axes >> d & 1u;
    steps[static_cast<std::size_t>(d)] = reduced ? 0 : step;
    if (!reduced) step *= x.shape()[d];
    if (!reduced || keeps) dims.insert(dims.begin(), reduced ? 1 : x.shape()[d]);
  }
  return WithNumbers(x.desc().dtype, [&](auto number) -> std::optional<Tensor> {
    using T = decltype(number);
    Tensor result({x.desc().dtype, Shape(std::span<const std::int64_t>(dims))});
    std::vector<bool> met(static_cast<std::size_t>(result.shape().elements()), false);
    const auto values = x.as<T>();
    const auto out = result.template as<T>();
    for (std::int64_t i = 0; i < x.shape().elements(); ++i) {
      std::int64_t to = 0, rest = i;
      for (int d = x.shape().rank() - 1; d >= 0; --d) {
        to += rest % x.shape()[d] * steps[static_cast<std::size_t>(d)];
        rest /= x.shape()[d];
      }
      const auto at = static_cast<std::size_t>(to);
      const T value = values[static_cast<std::size_t>(i)];
      out[at] = met[at] ? Op::template Of<T>(out[at], value) : value;
      met[at] = true;
    }
    return result;
  });
}

struct Row {
  std::string_view op_type;
  Folding folding;
};

constexpr auto kFoldings = std::to_array<Row>({
    {"Abs", FoldUnary<Abs>},
    {"Add", FoldArithmetic<Add>},
    {"And", FoldComparison<And>},
    {"Ceil", FoldUnary<Ceil>},
    {"Div", FoldArithmetic<Div>},
    {"Equal", FoldComparison<Equal>},
    {"Floor", FoldUnary<Floor>},
    {"Greater", FoldComparison<Greater>},
    {"GreaterOrEqual", FoldComparison<GreaterOrEqual>},
    {"Less", FoldComparison<Less>},
    {"LessOrEqual", FoldComparison<LessOrEqual>},
    {"Max", FoldArithmetic<Max>},
    {"Min", FoldArithmetic<Min>},
    {"Mod", FoldMod},
    {"Mul", FoldArithmetic<Mul>},
    {"Neg", FoldUnary<Neg>},
    {"Not", FoldNot},
    {"Or", FoldComparison<Or>},
    {"Pow", FoldPow},
    {"ReduceMax", FoldReduction<Max, 18>},
    {"ReduceMin", FoldReduction<Min, 18>},
    {"ReduceProd", FoldReduction<Mul, 18>},
    {"ReduceSum", FoldReduction<Add, 13>},
    {"Round", FoldUnary<Round>},
    {"Sign", FoldUnary<Sign>},
    {"Sqrt", FoldUnary<Sqrt>},
    {"Sub", FoldArithmetic<Sub>},
    {"Xor", FoldComparison<Xor>},
});

}  // namespace

Folding ArithmeticFolding(std::string_view op_type) {
  const auto found = std::ranges::find(kFoldings, op_type, &Row::op_type);
  return found == kFoldings.end() ? nullptr : found->folding;
}

}  // namespace vigil::onnx
