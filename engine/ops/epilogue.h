// What a fused operator does after its own arithmetic: y = activation(acc + residual).
#ifndef VIGIL_ENGINE_OPS_EPILOGUE_H_
#define VIGIL_ENGINE_OPS_EPILOGUE_H_

#include <algorithm>
#include <cmath>

namespace vigil {

// The members of the Unary family (ops/elementwise.h) that fuse.
struct Activation {
  enum class Kind {
    kNone = 0,
    kRelu = 1,
    kClip = 2,
    kSigmoid = 3,
    kLeakyRelu = 4,
    kElu = 5,
    kHardSigmoid = 6,
    kHardSwish = 7,
    kTanh = 8
  };  // numbers are the shaders' ABI
  Kind kind = Kind::kNone;
  float alpha = 0.0f, beta = 0.0f;  // as UnaryAttrs has them

  float operator()(float x) const {
    switch (kind) {
      case Kind::kNone:
        return x;
      case Kind::kRelu:
        return x < 0.0f ? 0.0f : x;  // NaN passes
      case Kind::kClip:
        return Clip(x, alpha, beta);
      case Kind::kSigmoid:
        return 1.0f / (1.0f + std::exp(-x));
      case Kind::kLeakyRelu:
        return x < 0.0f ? alpha * x : x;
      case Kind::kElu:
        return x < 0.0f ? alpha * std::expm1(x) : x;
      case Kind::kHardSigmoid:
        return Clip(alpha * x + beta, 0.0f, 1.0f);
      case Kind::kHardSwish:
        return x * Clip(x / 6.0f + 0.5f, 0.0f, 1.0f);
      case Kind::kTanh:
        return std::tanh(x);
    }
    return x;
  }
  static float Clip(float x, float low, float high) {
    return x < low ? low : (x > high ? high : x);
  }
  friend bool operator==(const Activation&, const Activation&) = default;
};

// A value that fusion swallowed and that somebody taps is a further output of the fused node, in
// this order after the first: the accumulator (bias included, residual not), then the value before
// the activation. The first output is computed in the same way with and without them.
struct Epilogue {
  Activation activation;
  bool residual = false;              // the node's last input is added, same shape as the output
  bool store_accumulator = false;     // REQUIRES residual
  bool store_pre_activation = false;  // REQUIRES an activation

  int outputs() const { return 1 + store_accumulator + store_pre_activation; }
  friend bool operator==(const Epilogue&, const Epilogue&) = default;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_EPILOGUE_H_
