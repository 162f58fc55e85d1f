#include "engine/verify/compare.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <limits>

#include "engine/base/half.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Pair {
  double expected = 0.0, actual = 0.0;
  double error = 0.0, tolerance = 0.0;

  bool within() const { return error <= tolerance; }
};

template <typename T>
double ErrorOf(T expected, T actual) {
  if (expected == actual) return 0.0;  // infinities too
  const double difference = std::abs(static_cast<double>(actual) - static_cast<double>(expected));
  if (std::isnan(difference)) return std::isnan(expected) && std::isnan(actual) ? 0.0 : kInfinity;
  return std::max(difference, std::numeric_limits<double>::min());  // unequal beyond 2^53
}

template <typename T, typename Widen, typename Visit>
void VisitAs(const Tensor& expected, const Tensor& actual, const Tolerance& tolerance,
             const Widen& widen, const Visit& visit) {
  const auto* want = static_cast<const T*>(expected.view().data);
  const auto* have = static_cast<const T*>(actual.view().data);
  for (std::int64_t i = 0; i < expected.shape().elements(); ++i) {
    const auto e = widen(want[i]);
    const auto a = widen(have[i]);
    Pair pair{static_cast<double>(e), static_cast<double>(a), ErrorOf(e, a), tolerance.absolute};
    if (std::isfinite(pair.expected))
      pair.tolerance += tolerance.relative * std::abs(pair.expected);
    visit(i, pair);
  }
}

// Calls visit(element, pair) for all elements.
template <typename Visit>
void VisitPairs(const Tensor& expected, const Tensor& actual, const Tolerance& tolerance,
                const Visit& visit) {
  const auto as_float = [](auto x) { return static_cast<double>(x); };
  const auto as_integer = [](auto x) { return static_cast<std::int64_t>(x); };
  switch (expected.desc().dtype) {
    case DType::kFloat32:
      return VisitAs<float>(expected, actual, tolerance, as_float, visit);
    case DType::kFloat16:
      return VisitAs<std::uint16_t>(expected, actual, tolerance, HalfToFloat, visit);
    case DType::kInt8:
      return VisitAs<std::int8_t>(expected, actual, tolerance, as_integer, visit);
    case DType::kUInt8:
    case DType::kBool:
      return VisitAs<std::uint8_t>(expected, actual, tolerance, as_integer, visit);
    case DType::kInt32:
      return VisitAs<std::int32_t>(expected, actual, tolerance, as_integer, visit);
    case DType::kInt64:
      return VisitAs<std::int64_t>(expected, actual, tolerance, as_integer, visit);
  }
}

std::string IndexText(const Shape& shape, std::int64_t element) {
  std::string text = "[";
  for (int i = 0; i < shape.rank(); ++i) {
    const std::int64_t below = shape.ElementsFrom(i + 1);
    text += Text(i ? ", " : "", element / below);
    element %= below;
  }
  return text + "]";
}

}  // namespace

Deviation Compare(const Tensor& expected, const Tensor& actual, const Tolerance& tolerance) {
  VIGIL_CHECK(expected.desc() == actual.desc());
  Deviation worst;
  VisitPairs(expected, actual, tolerance, [&](std::int64_t element, const Pair& pair) {
    worst.outside += !pair.within();
    const double ratio = pair.error == 0.0 ? 0.0 : pair.error / pair.tolerance;
    const bool larger = ratio > worst.ratio || (ratio == worst.ratio && pair.error > worst.error);
    if (element > 0 && !larger) return;
    worst.error = pair.error;
    worst.tolerance = pair.tolerance;
    worst.ratio = ratio;
  });
  return worst;
}

std::optional<std::string> FirstMismatch(const Tensor& expected, const Tensor& actual,
                                         const Tolerance& tolerance) {
  if (!(expected.desc() == actual.desc())) {
    return Text("shape ", actual.shape(), " of ", DTypeName(actual.desc().dtype), ": expected ",
                expected.shape(), " of ", DTypeName(expected.desc().dtype));
  }
  std::int64_t first = -1, wrong = 0;
  Pair shown;
  VisitPairs(expected, actual, tolerance, [&](std::int64_t element, const Pair& pair) {
    if (pair.within() || wrong++ > 0) return;
    first = element;
    shown = pair;
  });
  if (wrong == 0) return std::nullopt;
  return Text(std::setprecision(9), "element ", IndexText(expected.shape(), first), " is ",
              shown.actual, ", expected ", shown.expected, " within ", shown.tolerance, "; ", wrong,
              " of ", expected.shape().elements(), " are off");
}

}  // namespace vigil
