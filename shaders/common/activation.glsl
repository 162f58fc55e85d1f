// The activation of a fused operator, chosen by specialization constant 3; the numbers are
// vigil::Activation::Kind. `low` and `high` are its alpha and beta: the bounds where it is Clip.
#ifndef VIGIL_SHADERS_COMMON_ACTIVATION_GLSL_
#define VIGIL_SHADERS_COMMON_ACTIVATION_GLSL_

layout(constant_id = 3) const uint kActivation = 0;

float ClipTo(float x, float low, float high) { return x < low ? low : (x > high ? high : x); }

// Saturates where the exponential overflows, and keeps to a few units of 1, which the device's own
// need not; near zero the Taylor series, which keeps the error relative.
float Tanh(float x) {
  const float s = x * x;
  if (s < 0.0625) {
    return x * (1.0 - s * (0.3333333333 -
                           s * (0.1333333333 - s * (0.0539682540 - s * 0.0218694885))));
  }
  return 1.0 - 2.0 / (exp(2.0 * x) + 1.0);
}

// Written with comparisons, so that NaN passes as it does in the reference.
float Activate(float x, float low, float high) {
  if (kActivation == 1) return x < 0.0 ? 0.0 : x;
  if (kActivation == 2) return ClipTo(x, low, high);
  if (kActivation == 3) return 1.0 / (1.0 + exp(-x));
  if (kActivation == 4) return x < 0.0 ? low * x : x;
  if (kActivation == 5) return x < 0.0 ? low * (exp(x) - 1.0) : x;
  if (kActivation == 6) return ClipTo(low * x + high, 0.0, 1.0);
  if (kActivation == 7) return x * ClipTo(x / 6.0 + 0.5, 0.0, 1.0);
  if (kActivation == 8) return Tanh(x);
  return x;
}

#endif
