// dst = function(src): the activation, or where kFunction says so one that never fuses; with neither
// a copy. An invocation does one element.
#version 450

#include "params/unary.h"
layout(push_constant) uniform Push { UnaryParams p; };

#include "common/activation.glsl"
#include "common/grid.glsl"
#include "common/storage.glsl"

layout(constant_id = 4) const uint kFunction = 0;  // vigil::UnaryKind from kSelu on

READ_BUFFER(0, STORAGE, src)
WRITE_BUFFER(1, STORAGE, dst)

// Near zero the Taylor series, which keeps the error relative; else formula 7.1.26 of Abramowitz and
// Stegun, off by at most 1.5e-7.
float Erf(float x) {
  const float a = abs(x);
  const float s = x * x;
  if (a < 0.5) {
    return x * (1.1283791671 -
                s * (0.3761263890 -
                     s * (0.1128379167 -
                          s * (0.0268661706 - s * (0.0052239776 - s * 0.0008548327)))));
  }
  const float t = 1.0 / (1.0 + 0.3275911 * a);
  const float tail =
      t *
      (0.254829592 +
       t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) *
      exp(-s);
  return x < 0.0 ? tail - 1.0 : 1.0 - tail;
}

// ln(1 + y) for y up to 1, as twice the inverse hyperbolic tangent of y / (2 + y): a logarithm of
// 1 + y would have lost what y has of it.
float LogOnePlus(float y) {
  const float s = y / (2.0 + y);
  const float t = s * s;
  return 2.0 * s *
         (1.0 + t * (0.3333333333 +
                     t * (0.2 + t * (0.1428571429 +
                                     t * (0.1111111111 + t * (0.0909090909 + t * 0.0769230769))))));
}

float Softplus(float x) { return (x > 0.0 ? x : 0.0) + LogOnePlus(exp(-abs(x))); }

// x tanh(ln(1 + e^x)) without the functions: the tangent is (u^2 - 1) / (u^2 + 1) of u = 1 + e^x.
// Above zero both sides are divided by e^2x.
float Mish(float x) {
  const float e = exp(-abs(x));
  if (x < 0.0) return x * (e * (e + 2.0) / (e * (e + 2.0) + 2.0));
  return x * ((1.0 + 2.0 * e) / (1.0 + 2.0 * e + 2.0 * e * e));
}

float Shrink(float x) {
  if (x < -p.low) return x + p.high;
  return x > p.low ? x - p.high : 0.0;
}

float Apply(float x) {
  if (kFunction == 10) return p.high * (x < 0.0 ? p.low * (exp(x) - 1.0) : x);
  if (kFunction == 11) return Softplus(x);
  if (kFunction == 12) return x / (1.0 + abs(x));
  if (kFunction == 13) return Erf(x);
  if (kFunction == 14) return exp(x);
  if (kFunction == 15) return log(x);
  if (kFunction == 16) return sqrt(x);
  if (kFunction == 17) return -x;
  if (kFunction == 18) return abs(x);
  if (kFunction == 19) return 1.0 / x;
  if (kFunction == 20) return floor(x);
  if (kFunction == 21) return ceil(x);
  if (kFunction == 22) return 0.5 * x * (1.0 + Erf(x * 0.70710678));
  if (kFunction == 23) return 0.5 * x * (1.0 + Tanh(0.79788456 * (x + 0.044715 * x * x * x)));
  if (kFunction == 24) return roundEven(x);
  if (kFunction == 25) return sign(x);
  if (kFunction == 26) return x > p.low ? x : 0.0;
  if (kFunction == 27) return Shrink(x);
  if (kFunction == 28) return Mish(x);
  if (kFunction == 29) return x < 0.0 ? p.low * (exp(x / p.low) - 1.0) : x;
  return Activate(x, p.low, p.high);
}

void main() {
  const uint i = InvocationIndex();
  if (i >= p.elements) return;
  STORE(dst, i, Apply(LOAD(src, i)));
}
