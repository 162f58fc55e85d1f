// The activation of a fused operator, chosen by specialization constant 3; the numbers are
// vigil::Activation::Kind.
#ifndef VIGIL_SHADERS_COMMON_ACTIVATION_GLSL_
#define VIGIL_SHADERS_COMMON_ACTIVATION_GLSL_

layout(constant_id = 3) const uint kActivation = 0;

// Written with comparisons, so that NaN passes as it does in the reference.
float Activate(float x, float low, float high) {
  if (kActivation == 1) return x < 0.0 ? 0.0 : x;
  if (kActivation == 2) return x < low ? low : (x > high ? high : x);
  if (kActivation == 3) return 1.0 / (1.0 + exp(-x));
  return x;
}

#endif
