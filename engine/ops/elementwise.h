// Element by element, one input or two.
#ifndef VIGIL_ENGINE_OPS_ELEMENTWISE_H_
#define VIGIL_ENGINE_OPS_ELEMENTWISE_H_

#include "engine/ops/epilogue.h"

namespace vigil {

// Relu 1-14, Clip 1-13 (bounds folded to attributes), Sigmoid 1-13, LeakyRelu 1-16, Elu 1-22,
// HardSigmoid 1-22, HardSwish 14-22, Tanh 1-13, Selu 1-22, Softplus 1-22, Softsign 1-22, Erf 9-13,
// Exp 1-13, Log 1-13, Sqrt 1-13, Neg 1-13, Abs 1-13, Reciprocal 1-13, Floor 1-13, Ceil 1-13, Gelu
// 20 (exact, or kGeluTanh), Round 11-22 (halves to even), Sign 9-13, ThresholdedRelu 10-22, Shrink
// 9, Mish 18-22, Celu 12, the trigonometric and hyperbolic functions 7-22, Not 1, Identity, Dropout
// (identity but in training).
enum class UnaryKind {
  kRelu,
  kClip,
  kSigmoid,
  kIdentity,
  kDropout,
  kLeakyRelu,
  kElu,
  kHardSigmoid,
  kHardSwish,
  kTanh,
  // From here on no Activation, and the numbers are the ABI of shaders/ops/unary.comp.
  kSelu = 10,
  kSoftplus = 11,
  kSoftsign = 12,
  kErf = 13,
  kExp = 14,
  kLog = 15,
  kSqrt = 16,
  kNeg = 17,
  kAbs = 18,
  kReciprocal = 19,
  kFloor = 20,
  kCeil = 21,
  kGelu = 22,
  kGeluTanh = 23,
  kRound = 24,
  kSign = 25,
  kThresholdedRelu = 26,
  kShrink = 27,
  kMish = 28,
  kCelu = 29,
  // From here on on the CPU alone: devices may be far off in them.
  kSin,
  kCos,
  kTan,
  kAsin,
  kAcos,
  kAtan,
  kSinh,
  kCosh,
  kAsinh,
  kAcosh,
  kAtanh,
  kNot
};

// One input and one output of the same description. Neg, Abs and Sign take integers too (which wrap
// around), Not bool alone, Identity and Dropout any type.
struct UnaryAttrs {
  UnaryKind kind = UnaryKind::kRelu;
  // Clip: low. Dropout: the ratio that training drops. LeakyRelu, Elu: the factor below zero. Selu:
  // beta * (x below zero: alpha * (e^x - 1)). HardSigmoid: alpha * x + beta, held in [0, 1].
  // ThresholdedRelu: 0 up to alpha. Shrink: 0 up to alpha on either side, beyond it beta nearer to
  // 0. Celu: below zero alpha * (e^(x / alpha) - 1).
  float alpha = 0.0f;
  float beta = 0.0f;  // Clip: high
};

// What fusion makes of it: kNone for those that never fuse.
Activation ActivationOf(const UnaryAttrs& attrs);
// Identity and Dropout: elements of any type stay as they are.
bool Copies(const UnaryAttrs& attrs);

// Add, Mul, Sub, Div 1-14, Pow 1-15, Min and Max 1-13 (of two), Mod 10-13: two inputs, broadcast as
// ONNX (numpy) does, of one type (float32 or integers, ops/arithmetic.h); Pow's exponents may be of
// another. PRelu 1-16: b, which broadcasts to a, is the factor of a below zero. A NaN in an input
// of Min or Max passes. Equal, Less, LessOrEqual, Greater, GreaterOrEqual 1-19 give bool (Equal
// takes it, too), And, Or, Xor 1-7 are of bool. The first numbers are the ABI of
// shaders/ops/binary.comp.
enum class BinaryKind {
  kAdd = 0,
  kMul = 1,
  kSub = 2,
  kDiv = 3,
  kPow = 4,
  kMin = 5,
  kMax = 6,
  kPRelu = 7,
  // From here on on the CPU alone.
  kMod,        // the sign of the divisor
  kRemainder,  // Mod with fmod: the sign of what is divided
  kEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kAnd,
  kOr,
  kXor
};

// The epilogue's activation may be fused where the output is float; its residual is never set.
struct BinaryAttrs {
  BinaryKind kind = BinaryKind::kAdd;
  Epilogue epilogue;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_ELEMENTWISE_H_
