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

float Apply(float x) {
  if (kFunction == 10) return p.high * (x < 0.0 ? p.low * (exp(x) - 1.0) : x);
  if (kFunction == 11) return (x > 0.0 ? x : 0.0) + log(1.0 + exp(-abs(x)));
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
  return Activate(x, p.low, p.high);
}

void main() {
  const uint i = InvocationIndex();
  if (i >= p.elements) return;
  STORE(dst, i, Apply(LOAD(src, i)));
}
