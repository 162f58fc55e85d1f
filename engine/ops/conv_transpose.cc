#include "engine/ops/conv_transpose.h"

#include <algorithm>

#include "engine/ops/check.h"
#include "engine/ops/epilogue_rule.h"
#include "engine/ops/op_table.h"
#include "engine/ops/window.h"

namespace vigil {
namespace {

// The windows of the convolution that this one is the transpose of: they slide over our output.
std::array<Window, 2> WindowsOver(const ConvTransposeAttrs& attrs, std::int64_t height,
                                  std::int64_t width) {
  return WindowsOf({height, width}, attrs.kernel, attrs.strides, attrs.pads, attrs.dilations);
}

std::int64_t OutputSize(const ConvTransposeAttrs& attrs, const Shape& x, std::size_t axis) {
  const std::int64_t in = x[static_cast<int>(axis) + 2];
  const std::int64_t extent = attrs.dilations[axis] * (attrs.kernel[axis] - 1) + 1;
  const std::int64_t out = attrs.strides[axis] * (in - 1) + extent + attrs.output_pads[axis] -
                           attrs.pads[axis] - attrs.pads[axis + 2];
  if (out < 1) {
    ThrowShape(Text(axis == 0 ? "height " : "width ", in, " with padding ", attrs.pads[axis], " + ",
                    attrs.pads[axis + 2], " gives ", out, " outputs: expected at least 1"));
  }
  return out;
}

std::vector<TensorDesc> InferConvTranspose(const ConvTransposeAttrs& attrs,
                                           std::span<const TensorDesc> in) {
  const std::size_t inputs = 2u + attrs.has_bias + attrs.epilogue.residual;
  RequireInputs(in, inputs, "x, weights, bias and residual where the attributes say so");
  RequireFloat32(in);
  RequireRank("x", in[0], 4, "N, C, H, W");
  RequireRank("weights", in[1], 4, "C, M / groups, kH, kW");
  const Shape& x = in[0].shape;
  const Shape& weights = in[1].shape;
  RequireNonEmpty("x", x);
  RequireNonEmpty("weights", weights);
  RequireRange("groups", std::array{attrs.groups}, 1);
  RequireRange("output_pads", attrs.output_pads, 0);
  WindowsOver(attrs, 1, 1);  // the other attributes' ranges
  if (x[1] % attrs.groups != 0) {
    ThrowShape(Text("x is ", x, ": expected channels that ", attrs.groups, " groups divide"));
  }
  RequireShape("weights", in[1], Shape{x[1], weights[1], attrs.kernel[0], attrs.kernel[1]});
  if (attrs.groups > kMaxAttribute / weights[1]) {
    ThrowShape(Text(attrs.groups, " groups of ", weights[1], " outputs: expected at most ",
                    kMaxAttribute, " in all"));
  }
  const std::int64_t channels = weights[1] * attrs.groups;
  if (attrs.has_bias) RequireShape("bias", in[2], Shape{channels});
  const Shape out{x[0], channels, OutputSize(attrs, x, 0), OutputSize(attrs, x, 1)};
  return InferEpilogue(attrs.epilogue, in, {DType::kFloat32, out});
}

OpCost CostConvTranspose(const ConvTransposeAttrs& attrs, std::span<const TensorDesc> in,
                         std::span<const TensorDesc> out) {
  const std::int64_t elements = out[0].shape.elements();
  const std::int64_t macs = in[0].shape.elements() * in[1].shape.ElementsFrom(1);
  const std::int64_t rest = elements * (attrs.has_bias + EpilogueFlops(attrs.epilogue));
  return CostOf(in, out, macs, rest);
}

// Adds to one output plane what one tap makes of one input plane [height, width].
void AddTap(const float* x, float weight, const std::array<Window, 2>& windows, std::int64_t row,
            std::int64_t column, const Shape& in, float* y) {
  const auto& [rows, columns] = windows;
  const Range ih = OutputsOfTap(rows, row, in[2]);
  const Range iw = OutputsOfTap(columns, column, in[3]);
  for (std::int64_t h = ih.first; h < ih.last; ++h) {
    float* line = y + rows.Position(h, row) * columns.in;
    const std::int64_t start = columns.Position(0, column);
    for (std::int64_t w = iw.first; w < iw.last; ++w) {
      line[start + w * columns.stride] += weight * x[h * in[3] + w];
    }
  }
}

void ReferenceConvTranspose(const ConvTransposeAttrs& attrs, std::span<const ConstTensorView> in,
                            std::span<const TensorView> out) {
  const Shape& x_shape = in[0].desc.shape;
  const Shape& y_shape = out[0].desc.shape;
  const std::int64_t group_in = x_shape[1] / attrs.groups, group_out = in[1].desc.shape[1];
  const std::int64_t x_plane = x_shape.ElementsFrom(2), y_plane = y_shape.ElementsFrom(2);
  const std::int64_t taps = attrs.kernel[0] * attrs.kernel[1];
  const std::array<Window, 2> windows = WindowsOver(attrs, y_shape[2], y_shape[3]);
  const float* weights = in[1].as<float>().data();
  for (std::int64_t plane = 0; plane < y_shape[0] * y_shape[1]; ++plane) {
    const std::int64_t n = plane / y_shape[1], m = plane % y_shape[1];
    float* y = out[0].as<float>().data() + plane * y_plane;
    std::fill_n(y, y_plane, attrs.has_bias ? in[2].as<float>()[static_cast<std::size_t>(m)] : 0.0f);
    for (std::int64_t c = 0; c < group_in; ++c) {
      const std::int64_t channel = m / group_out * group_in + c;
      const float* x = in[0].as<float>().data() + (n * x_shape[1] + channel) * x_plane;
      for (std::int64_t tap = 0; tap < taps; ++tap) {
        AddTap(x, weights[(channel * group_out + m % group_out) * taps + tap], windows,
               tap / attrs.kernel[1], tap % attrs.kernel[1], x_shape, y);
      }
    }
  }
  ApplyEpilogue(attrs.epilogue, in, out);
}

}  // namespace

constinit const OpDef kConvTransposeOp =
    MakeOp<ConvTransposeAttrs, InferConvTranspose, CostConvTranspose, ReferenceConvTranspose>(
        "ConvTranspose");

}  // namespace vigil
