#include "engine/verify/tolerance.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/ops/resize_plan.h"

namespace vigil {
namespace {

constexpr double kEpsilon = std::numeric_limits<float>::epsilon();

// The sigmoid's own error: the exponential's (3 + 2|x|) units times s(1 - s) <= 1/4 and
// |x| s(1 - s) < 0.23, the sum's and the quotient's 3.5, and as much again for the reference.
constexpr double kSigmoidUnits = 2 * (3 * 0.25 + 2 * 0.23 + 3.5);

double MaxAbs(const Tensor& tensor) {
  double max = 0.0;
  for (const float value : tensor.as<float>()) max = std::max(max, std::abs(double{value}));
  return max;
}

Tolerance Sum(double terms, double largest_product) {
  return {kEpsilon, 4 * kEpsilon * terms * largest_product};
}

// The first output goes through the activation; the stored ones are the sum before it.
std::vector<Tolerance> WithEpilogue(const Epilogue& epilogue, Tolerance sum) {
  std::vector<Tolerance> tolerances(static_cast<std::size_t>(epilogue.outputs()), sum);
  if (epilogue.activation.kind == Activation::Kind::kSigmoid) {
    tolerances[0].absolute = 0.25 * sum.absolute + kSigmoidUnits * kEpsilon;
  }
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

std::vector<Tolerance> Of(const UnaryAttrs& attrs, const std::vector<Tensor>&) {
  if (attrs.kind != UnaryKind::kSigmoid) return {{}};
  return {{kEpsilon, kSigmoidUnits * kEpsilon}};
}

std::vector<Tolerance> Of(const BinaryAttrs& attrs, const std::vector<Tensor>&) {
  return WithEpilogue(attrs.epilogue, {kEpsilon, 0.0});
}

std::vector<Tolerance> Of(const PoolAttrs& attrs, const std::vector<Tensor>& in) {
  if (attrs.kind == PoolKind::kMax) return {{}};
  return {Sum(1, MaxAbs(in[0]))};  // as many terms as the sum is divided by
}

std::vector<Tolerance> Of(const GlobalPoolAttrs&, const std::vector<Tensor>& in) {
  return {Sum(1, MaxAbs(in[0]))};
}

// exp(x - max) / sum: both parts of the quotient carry the error of an exponential whose argument
// reaches down to -range, rounded itself; the sum adds one of its length.
std::vector<Tolerance> Of(const SoftmaxAttrs& attrs, const std::vector<Tensor>& in) {
  const Shape& shape = in[0].shape();
  const int axis = static_cast<int>(attrs.axis);
  const auto length =
      static_cast<double>(attrs.flatten_from_axis ? shape.ElementsFrom(axis) : shape[axis]);
  const double range = 2 * MaxAbs(in[0]);
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

// Operators that move values.
template <typename Attrs>
std::vector<Tolerance> Of(const Attrs&, const std::vector<Tensor>&) {
  return {{}};
}

}  // namespace

std::vector<Tolerance> TolerancesOf(const OpAttrs& op_attrs, const std::vector<Tensor>& inputs) {
  return std::visit([&](const auto& attrs) { return Of(attrs, inputs); }, op_attrs);
}

}  // namespace vigil
