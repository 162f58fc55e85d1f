#include "engine/verify/tolerance.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/ops/resize_plan.h"

namespace vigil {
namespace {

constexpr double kEpsilon = std::numeric_limits<float>::epsilon();

// Vulkan allows an exponential 3 + 2|x| units in the last place and a quotient 2.5; what functions
// make of that is carried through their derivatives, and as much again for the reference's side.

// Sigmoid: through s(1 - s) <= 1/4 and |x| s(1 - s) < 0.23; the sum and the quotient.
constexpr double kSigmoidUnits = 2 * (3 * 0.25 + 2 * 0.23 + 3.5);
// e^x - 1 below zero: e^x <= 1, |x| e^x < 0.37; the difference.
constexpr double kExpMinusOneUnits = 2 * (3 + 2 * 0.37 + 1);
// 1 - 2 / (e^2x + 1): through (1 - t^2) / 2 <= 1/2 and |x| (1 - t^2) < 0.45; a quotient of up to 2,
// its sum, the difference.
constexpr double kTanhUnits = 2 * (3 * 0.5 + 2 * 0.45 + 2 * 3.5 + 1);
// A formula that is off by 1.5e-7 (1.3 units), a polynomial of five terms of up to 1.5, times an
// exponential of -x^2 that is rounded itself: (3 + 3x^2) e^(-x^2) <= 3.
constexpr double kErfUnits = 2 * (1.3 + 5 * 1.5 + 3);
// ln(1 + e^-|x|): the exponential, and a quotient and a series of seven terms of up to 1.
constexpr double kSoftplusUnits = 2 * (3 + 2 * 0.37 + 2.5 + 4);

// x^y = 2^(y log2 x), |y| and |log2 x| up to these: the logarithm's 3 units (4 at least), the
// product's, both through ln 2; the exponential's.
double PowUnits(double y, double log2_x) {
  const double exponent = y * log2_x;
  return 2 * (0.7 * (y * std::max(3 * log2_x, 4.0) + 0.5 * exponent) + 3 + 2 * exponent);
}

// 0 for integers, which are computed with exactly.
double MaxAbs(const Tensor& tensor) {
  double max = 0.0;
  if (tensor.desc().dtype != DType::kFloat32) return max;
  for (const float value : tensor.as<float>()) max = std::max(max, std::abs(double{value}));
  return max;
}

// Of values other than zero, whose powers are exact.
double MaxAbsLog2(const Tensor& tensor) {
  double max = 0.0;
  if (tensor.desc().dtype != DType::kFloat32) return max;
  for (const float value : tensor.as<float>()) {
    if (value != 0.0f) max = std::max(max, std::abs(std::log2(std::abs(double{value}))));
  }
  return max;
}

Tolerance Sum(double terms, double largest_product) {
  return {kEpsilon, 4 * kEpsilon * terms * largest_product};
}

// What an activation is off by on an exact argument.
Tolerance OwnError(const Activation& activation) {
  switch (activation.kind) {
    case Activation::Kind::kNone:
    case Activation::Kind::kRelu:
    case Activation::Kind::kClip:
      return {};
    case Activation::Kind::kLeakyRelu:
      return {kEpsilon, 0.0};
    case Activation::Kind::kSigmoid:
      return {kEpsilon, kSigmoidUnits * kEpsilon};
    case Activation::Kind::kElu:
      return {kEpsilon, kExpMinusOneUnits * std::abs(activation.alpha) * kEpsilon};
    case Activation::Kind::kHardSigmoid:  // a product and a sum within [-1, 1]
      return {kEpsilon, 4 * kEpsilon};
    case Activation::Kind::kHardSwish:  // the same, times up to 3, and a quotient
      return {kEpsilon, 2 * 3 * (2 + 2.5 * 0.5) * kEpsilon};
    case Activation::Kind::kTanh:
      return {kEpsilon, kTanhUnits * kEpsilon};
  }
  return {};
}

// The largest derivative: what an error of the argument is multiplied by.
double Steepness(const Activation& activation) {
  switch (activation.kind) {
    case Activation::Kind::kSigmoid:
      return 0.25;
    case Activation::Kind::kLeakyRelu:
    case Activation::Kind::kElu:
      return std::max(1.0, std::abs(double{activation.alpha}));
    case Activation::Kind::kHardSigmoid:
      return std::abs(activation.alpha);
    case Activation::Kind::kHardSwish:
      return 1.5;
    default:
      return 1.0;
  }
}

// The first output goes through the activation; the stored ones are the sum before it.
std::vector<Tolerance> WithEpilogue(const Epilogue& epilogue, Tolerance sum) {
  std::vector<Tolerance> tolerances(static_cast<std::size_t>(epilogue.outputs()), sum);
  const Tolerance own = OwnError(epilogue.activation);
  tolerances[0].relative = std::max(sum.relative, own.relative);
  tolerances[0].absolute = Steepness(epilogue.activation) * sum.absolute + own.absolute;
  return tolerances;
}

std::vector<Tolerance> Of(const ConvAttrs& attrs, const std::vector<Tensor>& in) {
  double largest = MaxAbs(in[0]) * MaxAbs(in[1]);
  for (std::size_t i = 2; i < in.size(); ++i) largest = std::max(largest, MaxAbs(in[i]));
  const auto terms =
      static_cast<double>(in[1].shape().ElementsFrom(1)) + attrs.has_bias + attrs.epilogue.residual;
  return WithEpilogue(attrs.epilogue, Sum(terms, largest));
}

std::vector<Tolerance> Of(const GemmAttrs& attrs, const std::vector<Tensor>& in) {
  double largest = std::abs(attrs.alpha) * MaxAbs(in[0]) * MaxAbs(in[1]);
  if (attrs.has_bias) largest = std::max(largest, std::abs(attrs.beta) * MaxAbs(in[2]));
  if (attrs.epilogue.residual) largest = std::max(largest, MaxAbs(in.back()));
  const auto terms = static_cast<double>(in[0].shape()[attrs.trans_a ? 0 : 1]) + attrs.has_bias +
                     attrs.epilogue.residual;
  return WithEpilogue(attrs.epilogue, Sum(terms, largest));
}

// Computed as written, or as x * s + (bias - mean * s): three terms.
std::vector<Tolerance> Of(const BatchNormAttrs& attrs, const std::vector<Tensor>& in) {
  const auto variances = in[4].as<float>();
  const double spread = std::sqrt(*std::ranges::min_element(variances) + attrs.epsilon);
  const double factor = MaxAbs(in[1]) / spread;
  const double largest = std::max({MaxAbs(in[0]) * factor, MaxAbs(in[3]) * factor, MaxAbs(in[2])});
  return {Sum(3, largest)};
}

// On arguments of up to `reach`.
Tolerance FunctionError(const UnaryAttrs& attrs, double reach) {
  switch (attrs.kind) {
    case UnaryKind::kSelu:
      return {2 * kEpsilon, kExpMinusOneUnits * attrs.alpha * attrs.beta * kEpsilon};
    case UnaryKind::kSoftplus:
      return {kEpsilon, kSoftplusUnits * kEpsilon};
    case UnaryKind::kSoftsign:  // a sum and a quotient
      return {2 * 3.5 * kEpsilon, 0.0};
    case UnaryKind::kErf:
      return {kEpsilon, kErfUnits * kEpsilon};
    case UnaryKind::kExp:
      return {2 * (3 + 2 * reach) * kEpsilon, 0.0};
    case UnaryKind::kLog:
      return {2 * 3 * kEpsilon, 2 * 4 * kEpsilon};
    case UnaryKind::kSqrt:  // one over an inverse root of 2 units
      return {2 * (2 + 2.5) * kEpsilon, 0.0};
    case UnaryKind::kReciprocal:
      return {2 * 2.5 * kEpsilon, 0.0};
    case UnaryKind::kGelu:
      return {2 * kEpsilon, 0.5 * reach * kErfUnits * kEpsilon};
    case UnaryKind::kGeluTanh:  // the argument's five operations through u (1 - t^2) < 0.45
      return {2 * kEpsilon, 0.5 * reach * (kTanhUnits + 2 * 5 * 0.45) * kEpsilon};
    case UnaryKind::kShrink:  // one sum
      return {kEpsilon, 0.0};
    case UnaryKind::kMish:  // a quotient of sums of an exponential e <= 1, times x
      return {2 * kEpsilon, 2 * reach * (3 + 2 * 0.37 + 2.5 + 4) * kEpsilon};
    case UnaryKind::kCelu:  // the quotient's 2.5 units through u e^u < 0.37
      return {2 * kEpsilon,
              std::abs(attrs.alpha) * (kExpMinusOneUnits + 2 * 2.5 * 0.37) * kEpsilon};
    default:
      return {};
  }
}

std::vector<Tolerance> Of(const UnaryAttrs& attrs, const std::vector<Tensor>& in) {
  const Activation activation = ActivationOf(attrs);
  if (activation.kind != Activation::Kind::kNone) return {OwnError(activation)};
  return {FunctionError(attrs, MaxAbs(in[0]))};
}

std::vector<Tolerance> Of(const BinaryAttrs& attrs, const std::vector<Tensor>& in) {
  double units = 1.0;
  if (attrs.kind == BinaryKind::kDiv) units = 2.5;
  if (attrs.kind == BinaryKind::kPow) units = PowUnits(MaxAbs(in[1]), MaxAbsLog2(in[0]));
  return WithEpilogue(attrs.epilogue, {units * kEpsilon, 0.0});
}

std::vector<Tolerance> Of(const PoolAttrs& attrs, const std::vector<Tensor>& in) {
  if (attrs.kind == PoolKind::kMax) return {{}};
  return {Sum(1, MaxAbs(in[0]))};  // as many terms as the sum is divided by
}

std::vector<Tolerance> Of(const GlobalPoolAttrs& attrs, const std::vector<Tensor>& in) {
  if (attrs.kind == PoolKind::kMax) return {{}};
  return {Sum(1, MaxAbs(in[0]))};
}

// Roundings of a sum or product of `count` terms, either side's.
std::vector<Tolerance> Of(const ReduceAttrs& attrs, const std::vector<Tensor>& in) {
  const auto count = static_cast<double>(WalkOf(attrs, in[0].shape()).gone.elements());
  const double max = MaxAbs(in[0]);
  switch (attrs.kind) {
    case ReduceKind::kSum:
    case ReduceKind::kL1:
      return {Sum(count, max)};
    case ReduceKind::kMean:
      return {Sum(1, max)};
    case ReduceKind::kMax:
    case ReduceKind::kMin:
      return {{}};
    case ReduceKind::kProd:
      return {{2 * count * kEpsilon, 0.0}};
    case ReduceKind::kSumSquare:
      return {Sum(count, max * max)};
    case ReduceKind::kL2:  // the root halves what the sum is off by, and adds 4.5 units
      return {{(count + 1 + 2 * 4.5) * kEpsilon, 0.0}};
    case ReduceKind::kLogSum:
      return {{2 * 3 * kEpsilon, 2 * (count + 4) * kEpsilon}};
    case ReduceKind::kLogSumExp:  // exponentials of 0 down to -range, as in Softmax
      return {{2 * 3 * kEpsilon, 2 * (3 + 3 * 2 * max + count + 4) * kEpsilon}};
  }
  return {{}};
}

// (x - mean) * factor + bias: the mean is off as an average is; the variance by as much of its
// largest term, of which the factor feels half; a root and a quotient.
std::vector<Tolerance> Of(const InstanceNormAttrs& attrs, const std::vector<Tensor>& in) {
  const Shape& shape = in[0].shape();
  const auto plane = static_cast<std::size_t>(shape.ElementsFrom(2));
  const auto x = in[0].as<float>();
  double smallest = std::numeric_limits<double>::infinity();
  for (std::size_t start = 0; start < x.size(); start += plane) {
    double mean = 0.0, variance = 0.0;
    for (const float value : x.subspan(start, plane)) mean += value;
    mean /= static_cast<double>(plane);
    for (const float value : x.subspan(start, plane)) variance += (value - mean) * (value - mean);
    smallest = std::min(smallest, variance / static_cast<double>(plane) + attrs.epsilon);
  }
  const double reach = 2 * MaxAbs(in[0]);  // of x - mean
  const double factor = MaxAbs(in[1]) / std::sqrt(smallest);
  const double units = 4 + 1 + 0.5 * 4 * reach * reach / smallest + 2 * (4.5 + 2.5) + 2;
  return {{kEpsilon, kEpsilon * (units * reach * factor + MaxAbs(in[2]))}};
}

// x / (bias + factor * sum)^beta: the sum's roundings through beta, a power, a quotient.
std::vector<Tolerance> Of(const LrnAttrs& attrs, const std::vector<Tensor>& in) {
  const double sum = 2 * (static_cast<double>(attrs.size) + 2) * attrs.beta;
  const double max = MaxAbs(in[0]);
  const double bias = attrs.bias, alpha = attrs.alpha;
  const double log2_base =
      std::max(std::abs(std::log2(bias + alpha * max * max)), std::abs(std::log2(bias)));
  return {{(sum + PowUnits(std::abs(attrs.beta), log2_base) + 2 * 2.5) * kEpsilon, 0.0}};
}

std::vector<Tolerance> Of(const MatMulAttrs&, const std::vector<Tensor>& in) {
  const Shape& a = in[0].shape();
  return {Sum(static_cast<double>(a[a.rank() - 1]), MaxAbs(in[0]) * MaxAbs(in[1]))};
}

// No output has more terms than all taps of all channels of a group.
std::vector<Tolerance> Of(const ConvTransposeAttrs& attrs, const std::vector<Tensor>& in) {
  double largest = MaxAbs(in[0]) * MaxAbs(in[1]);
  for (std::size_t i = 2; i < in.size(); ++i) largest = std::max(largest, MaxAbs(in[i]));
  const std::int64_t taps = in[1].shape()[0] / attrs.groups * attrs.kernel[0] * attrs.kernel[1];
  const auto terms = static_cast<double>(taps) + attrs.has_bias + attrs.epilogue.residual;
  return WithEpilogue(attrs.epilogue, Sum(terms, largest));
}

// exp(x - max) / sum: both parts of the quotient carry the error of an exponential whose argument
// reaches down to -range, rounded itself; the sum adds one of its length.
std::vector<Tolerance> Of(const SoftmaxAttrs& attrs, const std::vector<Tensor>& in) {
  const Shape& shape = in[0].shape();
  const int axis = static_cast<int>(attrs.axis);
  const auto length =
      static_cast<double>(attrs.flatten_from_axis ? shape.ElementsFrom(axis) : shape[axis]);
  const double range = 2 * MaxAbs(in[0]);
  // The logarithm takes what the sum is off by as it is, and is off by 4 units itself.
  if (attrs.log) return {{2 * kEpsilon, kEpsilon * (2 * (3 + 3 * range) + length + 2 * 4)}};
  return {{kEpsilon * (2 * (3 + 3 * range) + length + 3.5), 0.0}};
}

// A sum over the taps of all dimensions, weights multiplied along the way.
std::vector<Tolerance> Of(const ResizeAttrs& attrs, const std::vector<Tensor>& in) {
  if (attrs.mode == ResizeMode::kNearest) return {{}};
  const TensorDesc desc = in[0].desc();
  const Shape out = OpOf(attrs).infer(attrs, std::span(&desc, 1)).front().shape;
  double terms = 1.0, largest = MaxAbs(in[0]);
  for (const ResizeAxis& axis : PlanResize(attrs, desc.shape, out)) {
    double weight = axis.count == 0 ? 1.0 : 0.0;
    for (const ResizeTap& tap : axis.taps) {
      weight = std::max(weight, std::abs(static_cast<double>(tap.weight)));
    }
    terms *= std::max(axis.count, 1);
    largest *= weight;
  }
  return {Sum(terms, largest)};
}

std::vector<Tolerance> Of(const SplitAttrs& attrs, const std::vector<Tensor>&) {
  return std::vector<Tolerance>(attrs.sizes.size());
}

// Devices may round either way, and flush subnormals; float32 from float16 is exact.
std::vector<Tolerance> Of(const CastAttrs& attrs, const std::vector<Tensor>&) {
  if (attrs.to == DType::kFloat16) return {{0x1p-10, 0x1p-14}};
  return {{}};
}

// The quotient may be 2.5 units off, which turns a number beside a tie to the next step.
std::vector<Tolerance> Of(const QuantizeAttrs&, const std::vector<Tensor>&) { return {{0.0, 1.0}}; }

std::vector<Tolerance> Of(const DequantizeAttrs&, const std::vector<Tensor>&) {
  return {{kEpsilon, 0.0}};
}

// Operators that move values, and products of integers.
template <typename Attrs>
std::vector<Tolerance> Of(const Attrs&, const std::vector<Tensor>&) {
  return {{}};
}

}  // namespace

std::vector<Tolerance> TolerancesOf(const OpAttrs& op_attrs, const std::vector<Tensor>& inputs) {
  return std::visit([&](const auto& attrs) { return Of(attrs, inputs); }, op_attrs);
}

std::vector<Tolerance> HalfTolerancesOf(const OpAttrs& op_attrs,
                                        const std::vector<Tensor>& inputs) {
  std::vector<Tolerance> tolerances = TolerancesOf(op_attrs, inputs);
  for (Tolerance& tolerance : tolerances) {
    if (tolerance.relative == 0.0 && tolerance.absolute == 0.0) continue;
    tolerance.relative += 0x1p-10;
    tolerance.absolute += 0x1p-14;
  }
  return tolerances;
}

}  // namespace vigil
