// What a fused operator does after its own arithmetic: y = activation(acc + residual).
#ifndef VIGIL_ENGINE_OPS_EPILOGUE_H_
#define VIGIL_ENGINE_OPS_EPILOGUE_H_

#include <algorithm>
#include <cmath>

namespace vigil {

struct Activation {
  enum class Kind {
    kNone = 0,
    kRelu = 1,
    kClip = 2,
    kSigmoid = 3
  };  // numbers are the shaders' ABI
  Kind kind = Kind::kNone;
  float low = 0.0f, high = 0.0f;  // kClip only

  float operator()(float x) const {
    switch (kind) {
      case Kind::kNone:
        return x;
      case Kind::kRelu:
        return x < 0.0f ? 0.0f : x;  // NaN passes
      case Kind::kClip:
        return x < low ? low : (x > high ? high : x);
      case Kind::kSigmoid:
        return 1.0f / (1.0f + std::exp(-x));
    }
    return x;
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
