#include "engine/ops/conv_transpose.h"

#include "engine/ops/check.h"
#include "engine/ops/convolution.h"
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
  RequireConvolution(in, attrs.has_bias, attrs.epilogue, attrs.groups, "C, M / groups, kH, kW");
  const Shape& x = in[0].shape;
  const Shape& weights = in[1].shape;
  RequireNonEmpty("x", x);
  RequireNonEmpty("weights", weights);
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
  const std::int64_t macs = in[0].shape.elements() * in[1].shape.ElementsFrom(1);
  return CostOfConvolution(in, out, macs, attrs.has_bias, attrs.epilogue);
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
  const Shape& y_shape = out[0].desc.shape;
  const std::int64_t group_out = in[1].desc.shape[1], taps = attrs.kernel[0] * attrs.kernel[1];
  const std::array<Window, 2> windows = WindowsOver(attrs, y_shape[2], y_shape[3]);
  const float* weights = in[1].as<float>().data();
  SumOverPlanes(attrs.groups, attrs.has_bias, attrs.epilogue, in, out, [&](const PlanePair& pair) {
    const std::int64_t first = pair.in_channel * group_out + pair.out_channel % group_out;
    for (std::int64_t tap = 0; tap < taps; ++tap) {
      AddTap(pair.x, weights[first * taps + tap], windows, tap / attrs.kernel[1],
             tap % attrs.kernel[1], in[0].desc.shape, pair.y);
    }
  });
}

}  // namespace

constinit const OpDef kConvTransposeOp =
    MakeOp<ConvTransposeAttrs, InferConvTranspose, CostConvTranspose, ReferenceConvTranspose>(
        "ConvTranspose");

}  // namespace vigil
