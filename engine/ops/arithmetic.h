// Arithmetic of two numbers of one type, float or integer: what elementwise operators and
// reductions share. Integers wrap around at their width, as numpy's do; what ONNX leaves open is
// fixed here: an integer quotient or remainder by 0 is 0.
#ifndef VIGIL_ENGINE_OPS_ARITHMETIC_H_
#define VIGIL_ENGINE_OPS_ARITHMETIC_H_

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>

namespace vigil {

// All 64 bits of an integer, to compute modulo 2^64.
template <std::integral T>
std::uint64_t Bits(T value) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
}

// Towards zero, and to the nearest limit beyond the type; 0 for NaN.
template <std::integral To, std::floating_point From>
To HeldWithin(From from) {
  using Limits = std::numeric_limits<To>;
  if (std::isnan(from)) return To{};
  // The limits as floats: the lowest is one exactly, the largest may round up out of reach.
  if (from <= static_cast<From>(Limits::lowest())) return Limits::lowest();
  if (from >= static_cast<From>(Limits::max())) return Limits::max();
  return static_cast<To>(from);
}

template <typename T>
T Sum(T a, T b) {
  if constexpr (std::floating_point<T>) {
    return a + b;
  } else {
    return static_cast<T>(Bits(a) + Bits(b));
  }
}

template <typename T>
T Difference(T a, T b) {
  if constexpr (std::floating_point<T>) {
    return a - b;
  } else {
    return static_cast<T>(Bits(a) - Bits(b));
  }
}

template <typename T>
T Product(T a, T b) {
  if constexpr (std::floating_point<T>) {
    return a * b;
  } else {
    return static_cast<T>(Bits(a) * Bits(b));
  }
}

// Integers towards zero. The least number by -1 wraps around rather than trap.
template <typename T>
T Quotient(T a, T b) {
  if constexpr (std::floating_point<T>) {
    return a / b;
  } else {
    if (b == T{}) return T{};
    return std::signed_integral<T> && b == static_cast<T>(-1) ? Difference(T{}, a)
                                                              : static_cast<T>(a / b);
  }
}

// As C has it: the sign is that of a.
template <typename T>
T Remainder(T a, T b) {
  if constexpr (std::floating_point<T>) {
    return std::fmod(a, b);
  } else {
    const bool none = b == T{} || (std::signed_integral<T> && b == static_cast<T>(-1));
    return none ? T{} : static_cast<T>(a % b);
  }
}

// The sign is that of b.
template <typename T>
T Modulus(T a, T b) {
  const T rest = Remainder(a, b);
  return rest != T{} && (rest < T{}) != (b < T{}) ? Sum(rest, b) : rest;
}

// A NaN on either side passes.
template <typename T>
T Smaller(T a, T b) {
  return a < b || a != a ? a : b;
}
template <typename T>
T Larger(T a, T b) {
  return a > b || a != a ? a : b;
}

// In the base's type. Of two integers exactly, modulo the type's width, a negative exponent being
// rounded towards zero; of an integer and a float in double precision, held within the type.
template <typename T, typename Exponent>
T Power(T base, Exponent exponent) {
  if constexpr (std::floating_point<T>) {
    return std::pow(base, static_cast<T>(exponent));
  } else if constexpr (std::floating_point<Exponent>) {
    return HeldWithin<T>(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  } else {
    if (exponent < Exponent{}) {
      if (base == T{1}) return base;
      const bool unit = std::signed_integral<T> && base == static_cast<T>(-1);
      return unit ? (exponent % 2 ? base : T{1}) : T{};
    }
    T power{1};
    for (auto rest = Bits(exponent); rest != 0; rest >>= 1) {
      if (rest & 1) power = Product(power, base);
      base = Product(base, base);
    }
    return power;
  }
}

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_ARITHMETIC_H_
