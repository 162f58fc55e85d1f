#include "engine/ops/requantize.h"

#include <cmath>

#include "engine/ops/check.h"

namespace vigil {

FixedPoint FixedPointOf(double real) {
  VIGIL_CHECK(real >= 0.0 && std::isfinite(real));
  if (real < 0x1p-32) return {};
  if (real >= 256.0) return {std::int32_t{1} << 30, 22};
  int exponent = 0;
  const double fraction = std::frexp(real, &exponent);  // 0.5 to 1
  auto multiplier = static_cast<std::int64_t>(std::nearbyint(std::ldexp(fraction, 31)));
  if (multiplier == std::int64_t{1} << 31) {  // rounded up to the next power of two
    multiplier >>= 1;
    ++exponent;
  }
  if (exponent > 8) return {std::int32_t{1} << 30, 22};
  return {static_cast<std::int32_t>(multiplier), 31 - exponent};
}

IntRange OutputRange(const QuantizedProduct& product) {
  IntRange range = RangeOf(product.type);
  const auto quantized = [&](float bound) {
    return QuantizedValue(bound, product.y_scale, product.y_zero_point, range);
  };
  if (product.activation.kind == Activation::Kind::kRelu) return {quantized(0.0f), range.high};
  if (product.activation.kind == Activation::Kind::kClip) {
    return {quantized(product.activation.alpha), quantized(product.activation.beta)};
  }
  return range;
}

std::vector<FixedPoint> MultipliersOf(const QuantizedProduct& product) {
  std::vector<FixedPoint> multipliers;
  for (const float scale : product.weight_scales) {
    multipliers.push_back(FixedPointOf(double{product.x_scale} * scale / product.y_scale));
  }
  return multipliers;
}

void CheckProduct(const QuantizedProduct& product, DType x, DType weights, std::int64_t channels) {
  RequireEightBits("x", x);
  RequireEightBits("weights", weights);
  const auto require_count = [&](std::string_view what, std::size_t count) {
    if (count == 1 || static_cast<std::int64_t>(count) == channels) return;
    ThrowShape(Text(count, " ", what, ": expected 1 or ", channels, ", one an output channel"));
  };
  require_count("weight zero points", product.weight_zero_points.size());
  RequireZeroPoints("x zero point", {&product.x_zero_point, 1}, x);
  RequireZeroPoints("weight zero point", product.weight_zero_points, weights);
  if (product.type == DType::kInt32) return;
  RequireEightBits("output", product.type);
  require_count("weight scales", product.weight_scales.size());
  RequireScales("x scale", {&product.x_scale, 1});
  RequireScales("weight scale", product.weight_scales);
  RequireScales("y scale", {&product.y_scale, 1});
  RequireZeroPoints("y zero point", {&product.y_zero_point, 1}, product.type);
  using Kind = Activation::Kind;
  const Kind kind = product.activation.kind;
  if (kind != Kind::kNone && kind != Kind::kRelu && kind != Kind::kClip) {
    ThrowValue("an activation that bends is fused into a product of bytes: expected Relu or Clip");
  }
}

void RequireBias(const TensorDesc& bias, std::int64_t channels) {
  if (bias.dtype != DType::kInt32) {
    throw Error(Fault::kModel, ErrorCode::kInvalidType,
                Text("bias is ", DTypeName(bias.dtype), ": expected int32"));
  }
  RequireShape("bias", bias, Shape{channels});
}

std::vector<std::int32_t> Centred(const ConstTensorView& view,
                                  std::span<const std::int32_t> zero_points, std::size_t inner) {
  std::vector<std::int32_t> values = ToInt32(view);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] -= zero_points[i / inner % zero_points.size()];
  }
  return values;
}

OutputWriter::OutputWriter(const QuantizedProduct& product) : type_(product.type) {
  if (type_ == DType::kInt32) return;
  multipliers_ = MultipliersOf(product);
  zero_point_ = product.y_zero_point;
  range_ = OutputRange(product);
}

void OutputWriter::Write(void* y, std::size_t i, std::size_t m, std::int32_t accumulator) const {
  if (type_ == DType::kInt32) {
    static_cast<std::int32_t*>(y)[i] = accumulator;
    return;
  }
  const FixedPoint& by = multipliers_[multipliers_.size() == 1 ? 0 : m];
  const std::int32_t q =
      std::clamp(ScaleRounded(accumulator, by) + zero_point_, range_.low, range_.high);
  if (type_ == DType::kInt8) {
    static_cast<std::int8_t*>(y)[i] = static_cast<std::int8_t>(q);
  } else {
    static_cast<std::uint8_t*>(y)[i] = static_cast<std::uint8_t>(q);
  }
}

}  // namespace vigil
