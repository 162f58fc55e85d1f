#include "engine/ops/quantize.h"

#include <algorithm>
#include <cmath>

#include "engine/ops/check.h"
#include "engine/ops/op_table.h"
#include "engine/ops/quantize_rule.h"

namespace vigil {
namespace {

// Elements that share one scale in a row, and how many scales there are along the axis.
struct ScaleWalk {
  std::size_t inner = 1, count = 1;

  ScaleWalk(const QuantizeScale& scale, const Shape& shape) : count(scale.scales.size()) {
    if (count == 1) return;
    inner = static_cast<std::size_t>(shape.ElementsFrom(static_cast<int>(scale.axis) + 1));
  }
  std::size_t operator()(std::size_t element) const {
    return count == 1 ? 0 : element / inner % count;
  }
};

std::vector<TensorDesc> InferQuantize(const QuantizeAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  RequireFloat32(in);
  RequireNonEmpty("x", in[0].shape);
  RequireEightBits("type", attrs.type);
  RequireScale(attrs.scale, in[0].shape, attrs.type);
  return {{attrs.type, in[0].shape}};
}

std::vector<TensorDesc> InferDequantize(const DequantizeAttrs& attrs,
                                        std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  if (in[0].dtype != DType::kInt32) RequireEightBits("x", in[0].dtype);
  RequireNonEmpty("x", in[0].shape);
  RequireScale(attrs.scale, in[0].shape, in[0].dtype);
  return {{DType::kFloat32, in[0].shape}};
}

template <typename Attrs>
OpCost CostOfScaling(const Attrs&, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out) {
  return CostOf(in, out, 0, 2 * out[0].shape.elements());
}

template <typename T>
void Quantize(const QuantizeScale& scale, const Shape& shape, std::span<const float> x,
              std::span<T> y) {
  const ScaleWalk at(scale, shape);
  const IntRange range = RangeOf(DTypeOf<T>());
  for (std::size_t i = 0; i < x.size(); ++i) {
    y[i] =
        static_cast<T>(QuantizedValue(x[i], scale.scales[at(i)], scale.zero_points[at(i)], range));
  }
}

template <typename T>
void Dequantize(const QuantizeScale& scale, const Shape& shape, std::span<const T> x,
                std::span<float> y) {
  const ScaleWalk at(scale, shape);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::int32_t distance = WrappedDifference(x[i], scale.zero_points[at(i)]);
    y[i] = static_cast<float>(distance) * scale.scales[at(i)];
  }
}

void ReferenceQuantize(const QuantizeAttrs& attrs, std::span<const ConstTensorView> in,
                       std::span<const TensorView> out) {
  const std::span<const float> x = in[0].as<float>();
  if (attrs.type == DType::kInt8) {
    Quantize(attrs.scale, in[0].desc.shape, x, out[0].as<std::int8_t>());
  } else {
    Quantize(attrs.scale, in[0].desc.shape, x, out[0].as<std::uint8_t>());
  }
}

void ReferenceDequantize(const DequantizeAttrs& attrs, std::span<const ConstTensorView> in,
                         std::span<const TensorView> out) {
  const Shape& shape = in[0].desc.shape;
  const std::span<float> y = out[0].as<float>();
  if (in[0].desc.dtype == DType::kInt8) {
    Dequantize(attrs.scale, shape, in[0].as<std::int8_t>(), y);
  } else if (in[0].desc.dtype == DType::kUInt8) {
    Dequantize(attrs.scale, shape, in[0].as<std::uint8_t>(), y);
  } else {
    Dequantize(attrs.scale, shape, in[0].as<std::int32_t>(), y);
  }
}

}  // namespace

IntRange RangeOf(DType type) {
  return type == DType::kInt8 ? IntRange{-128, 127} : IntRange{0, 255};
}

std::int32_t QuantizedValue(float x, float scale, std::int32_t zero_point, const IntRange& range) {
  const float steps = std::nearbyint(x / scale);  // the default rounding mode: ties to even
  if (std::isnan(steps)) return std::clamp(zero_point, range.low, range.high);
  // Far beyond what eight bits hold, and exact in float.
  const auto bounded = static_cast<std::int32_t>(std::clamp(steps, -65536.0f, 65536.0f));
  return std::clamp(bounded + zero_point, range.low, range.high);
}

void RequireEightBits(std::string_view role, DType type) {
  if (type == DType::kInt8 || type == DType::kUInt8) return;
  throw Error(Fault::kModel, ErrorCode::kInvalidType,
              Text(role, " is ", DTypeName(type), ": expected int8 or uint8"));
}

void RequireScales(std::string_view role, std::span<const float> scales) {
  for (const float scale : scales) {
    if (scale > 0.0f && std::isfinite(scale)) continue;
    ThrowValue(Text(role, " holds ", scale, ": expected finite numbers above 0"));
  }
}

void RequireZeroPoints(std::string_view role, std::span<const std::int32_t> zero_points,
                       DType type) {
  const IntRange range = type == DType::kInt32 ? IntRange{0, 0} : RangeOf(type);
  for (const std::int32_t zero_point : zero_points) {
    if (zero_point >= range.low && zero_point <= range.high) continue;
    ThrowValue(Text(role, " holds ", zero_point, ": expected ", range.low, " to ", range.high,
                    " for ", DTypeName(type)));
  }
}

void RequireScale(const QuantizeScale& scale, const Shape& shape, DType type) {
  if (scale.scales.size() != scale.zero_points.size()) {
    ThrowShape(Text(scale.scales.size(), " scales and ", scale.zero_points.size(),
                    " zero points: expected as many"));
  }
  if (scale.scales.size() != 1) {
    RequireAxis(scale.axis, shape.rank());
    const std::int64_t size = shape[static_cast<int>(scale.axis)];
    if (static_cast<std::int64_t>(scale.scales.size()) != size) {
      ThrowShape(Text(scale.scales.size(), " scales along axis ", scale.axis, " of ", shape,
                      ": expected 1 or ", size));
    }
  }
  RequireScales("scale", scale.scales);
  RequireZeroPoints("zero point", scale.zero_points, type);
}

std::vector<std::int32_t> ToInt32(const ConstTensorView& view) {
  const auto copy = [](auto values) {
    return std::vector<std::int32_t>(values.begin(), values.end());
  };
  if (view.desc.dtype == DType::kInt8) return copy(view.as<std::int8_t>());
  if (view.desc.dtype == DType::kUInt8) return copy(view.as<std::uint8_t>());
  return copy(view.as<std::int32_t>());
}

constinit const OpDef kQuantizeOp =
    MakeTypedOp<QuantizeAttrs, InferQuantize, CostOfScaling<QuantizeAttrs>, ReferenceQuantize>(
        "QuantizeLinear");
constinit const OpDef kDequantizeOp =
    MakeTypedOp<DequantizeAttrs, InferDequantize, CostOfScaling<DequantizeAttrs>,
                ReferenceDequantize>("DequantizeLinear");

}  // namespace vigil
