#include "engine/ops/conv.h"

#include <algorithm>

#include "engine/ops/check.h"
#include "engine/ops/epilogue_rule.h"
#include "engine/ops/op_table.h"
#include "engine/ops/window.h"

namespace vigil {
namespace {

std::array<Window, 2> ConvWindows(const ConvAttrs& attrs, const Shape& x) {
  return WindowsOf({x[2], x[3]}, attrs.kernel, attrs.strides, attrs.pads, attrs.dilations);
}

std::vector<TensorDesc> InferConv(const ConvAttrs& attrs, std::span<const TensorDesc> in) {
  const std::size_t inputs = 2u + attrs.has_bias + attrs.epilogue.residual;
  RequireInputs(in, inputs, "x, weights, bias and residual where the attributes say so");
  RequireFloat32(in);
  RequireRank("x", in[0], 4, "N, C, H, W");
  RequireRank("weights", in[1], 4, "M, C / groups, kH, kW");
  const Shape& x = in[0].shape;
  const Shape& weights = in[1].shape;
  RequireRange("groups", std::array{attrs.groups}, 1);
  if (x[1] % attrs.groups != 0 || weights[0] % attrs.groups != 0) {
    ThrowShape(Text("x is ", x, " and weights are ", weights, ": expected channels that ",
                    attrs.groups, " groups divide"));
  }
  const auto [rows, columns] = ConvWindows(attrs, x);
  RequireShape("weights", in[1],
               Shape{weights[0], x[1] / attrs.groups, attrs.kernel[0], attrs.kernel[1]});
  if (attrs.has_bias) RequireShape("bias", in[2], Shape{weights[0]});
  RequireNonEmpty("x", x);
  const Shape out{x[0], weights[0], WindowOutputs(rows, false, "height"),
                  WindowOutputs(columns, false, "width")};
  RequireNonEmpty("output", out);
  return InferEpilogue(attrs.epilogue, in, {DType::kFloat32, out});
}

OpCost CostConv(const ConvAttrs& attrs, std::span<const TensorDesc> in,
                std::span<const TensorDesc> out) {
  const std::int64_t elements = out[0].shape.elements();
  const std::int64_t macs = elements * in[1].shape.ElementsFrom(1);
  const std::int64_t rest = elements * (attrs.has_bias + EpilogueFlops(attrs.epilogue));
  return CostOf(in, out, macs, rest);
}

// Adds to one output plane what one tap of one input plane contributes.
void AddTap(const float* x, float weight, const std::array<Window, 2>& windows, std::int64_t row,
            std::int64_t column, const Shape& out, float* y) {
  const auto& [rows, columns] = windows;
  const Range oh = OutputsOfTap(rows, row, out[2]);
  const Range ow = OutputsOfTap(columns, column, out[3]);
  for (std::int64_t h = oh.first; h < oh.last; ++h) {
    const float* line = x + rows.Position(h, row) * columns.in;
    const std::int64_t start = columns.Position(0, column);
    for (std::int64_t w = ow.first; w < ow.last; ++w) {
      y[h * out[3] + w] += weight * line[start + w * columns.stride];
    }
  }
}

void ReferenceConv(const ConvAttrs& attrs, std::span<const ConstTensorView> in,
                   std::span<const TensorView> out) {
  const Shape& x_shape = in[0].desc.shape;
  const Shape& y_shape = out[0].desc.shape;
  const std::int64_t group_in = x_shape[1] / attrs.groups;
  const std::int64_t group_out = y_shape[1] / attrs.groups;
  const std::int64_t x_plane = x_shape.ElementsFrom(2), y_plane = y_shape.ElementsFrom(2);
  const std::int64_t taps = attrs.kernel[0] * attrs.kernel[1];
  const std::array<Window, 2> windows = ConvWindows(attrs, x_shape);
  const float* weights = in[1].as<float>().data();
  for (std::int64_t plane = 0; plane < y_shape[0] * y_shape[1]; ++plane) {
    const std::int64_t n = plane / y_shape[1], m = plane % y_shape[1];
    float* y = out[0].as<float>().data() + plane * y_plane;
    std::fill_n(y, y_plane, attrs.has_bias ? in[2].as<float>()[static_cast<std::size_t>(m)] : 0.0f);
    for (std::int64_t c = 0; c < group_in; ++c) {
      const std::int64_t channel = m / group_out * group_in + c;
      const float* x = in[0].as<float>().data() + (n * x_shape[1] + channel) * x_plane;
      for (std::int64_t tap = 0; tap < taps; ++tap) {
        AddTap(x, weights[(m * group_in + c) * taps + tap], windows, tap / attrs.kernel[1],
               tap % attrs.kernel[1], y_shape, y);
      }
    }
  }
  ApplyEpilogue(attrs.epilogue, in, out);
}

}  // namespace

constinit const OpDef kConvOp = MakeOp<ConvAttrs, InferConv, CostConv, ReferenceConv>("Conv");

}  // namespace vigil
