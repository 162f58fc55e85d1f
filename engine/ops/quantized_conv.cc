#include "engine/ops/quantized_conv.h"

#include "engine/ops/check.h"
#include "engine/ops/op_table.h"
#include "engine/ops/window.h"

namespace vigil {
namespace {

std::array<Window, 2> QConvWindows(const QConvAttrs& attrs, const Shape& x) {
  return WindowsOf({x[2], x[3]}, attrs.kernel, attrs.strides, attrs.pads, attrs.dilations);
}

std::vector<TensorDesc> InferQConv(const QConvAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 2u + attrs.product.has_bias,
                "x, weights, and bias where the attributes say so");
  RequireRank("x", in[0], 4, "N, C, H, W");
  RequireRank("weights", in[1], 4, "M, C / groups, kH, kW");
  const Shape& x = in[0].shape;
  const Shape& weights = in[1].shape;
  CheckProduct(attrs.product, in[0].dtype, in[1].dtype, weights[0]);
  RequireRange("groups", std::array{attrs.groups}, 1);
  if (x[1] % attrs.groups != 0 || weights[0] % attrs.groups != 0) {
    ThrowShape(Text("x is ", x, " and weights are ", weights, ": expected channels that ",
                    attrs.groups, " groups divide"));
  }
  const auto [rows, columns] = QConvWindows(attrs, x);
  RequireShape("weights", in[1],
               Shape{weights[0], x[1] / attrs.groups, attrs.kernel[0], attrs.kernel[1]});
  if (attrs.product.has_bias) RequireBias(in[2], weights[0]);
  RequireNonEmpty("x", x);
  const Shape out{x[0], weights[0], WindowOutputs(rows, false, "height"),
                  WindowOutputs(columns, false, "width")};
  RequireNonEmpty("output", out);
  return {{attrs.product.type, out}};
}

OpCost CostQConv(const QConvAttrs& attrs, std::span<const TensorDesc> in,
                 std::span<const TensorDesc> out) {
  const std::int64_t elements = out[0].shape.elements();
  const std::int64_t rest = attrs.product.has_bias + 2 * (attrs.product.type != DType::kInt32);
  return CostOf(in, out, elements * in[1].shape.ElementsFrom(1), elements * rest);
}

// Adds to one output plane what one tap of one input plane contributes; padding is zero.
void AddTap(const std::int32_t* x, std::int32_t weight, const std::array<Window, 2>& windows,
            std::int64_t row, std::int64_t column, const Shape& out, std::int32_t* y) {
  const auto& [rows, columns] = windows;
  const Range h_range = OutputsOfTap(rows, row, out[2]);
  const Range w_range = OutputsOfTap(columns, column, out[3]);
  for (std::int64_t h = h_range.first; h < h_range.last; ++h) {
    const std::int32_t* line = x + rows.Position(h, row) * columns.in;
    for (std::int64_t w = w_range.first; w < w_range.last; ++w) {
      const std::int32_t value = line[columns.Position(w, column)];
      y[h * out[3] + w] = WrappedSum(y[h * out[3] + w], WrappedProduct(value, weight));
    }
  }
}

void ReferenceQConv(const QConvAttrs& attrs, std::span<const ConstTensorView> in,
                    std::span<const TensorView> out) {
  const Shape& x_shape = in[0].desc.shape;
  const Shape& y_shape = out[0].desc.shape;
  const std::vector<std::int32_t> x = Centred(in[0], {&attrs.product.x_zero_point, 1}, 1);
  const std::int64_t a_filter = in[1].desc.shape.ElementsFrom(1);
  const std::vector<std::int32_t> weights =
      Centred(in[1], attrs.product.weight_zero_points, static_cast<std::size_t>(a_filter));
  const std::int64_t group_in = x_shape[1] / attrs.groups;
  const std::int64_t group_out = y_shape[1] / attrs.groups;
  const std::int64_t x_plane = x_shape.ElementsFrom(2), y_plane = y_shape.ElementsFrom(2);
  const std::int64_t taps = attrs.kernel[0] * attrs.kernel[1];
  const std::array<Window, 2> windows = QConvWindows(attrs, x_shape);
  const OutputWriter writer(attrs.product);
  std::vector<std::int32_t> sums(static_cast<std::size_t>(y_plane));
  for (std::int64_t plane = 0; plane < y_shape[0] * y_shape[1]; ++plane) {
    const std::int64_t n = plane / y_shape[1];
    const auto m = static_cast<std::size_t>(plane % y_shape[1]);
    std::ranges::fill(sums, attrs.product.has_bias ? in[2].as<std::int32_t>()[m] : 0);
    for (std::int64_t c = 0; c < group_in; ++c) {
      const std::int64_t channel = static_cast<std::int64_t>(m) / group_out * group_in + c;
      const std::int32_t* source = x.data() + (n * x_shape[1] + channel) * x_plane;
      const std::int32_t* filter =
          weights.data() + (static_cast<std::int64_t>(m) * group_in + c) * taps;
      for (std::int64_t tap = 0; tap < taps; ++tap) {
        AddTap(source, filter[tap], windows, tap / attrs.kernel[1], tap % attrs.kernel[1], y_shape,
               sums.data());
      }
    }
    for (std::size_t i = 0; i < sums.size(); ++i) {
      writer.Write(out[0].data, static_cast<std::size_t>(plane * y_plane) + i, m, sums[i]);
    }
  }
}

}  // namespace

constinit const OpDef kQConvOp =
    MakeTypedOp<QConvAttrs, InferQConv, CostQConv, ReferenceQConv>("QLinearConv");

}  // namespace vigil
