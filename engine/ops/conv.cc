#include "engine/ops/conv.h"

#include "engine/ops/check.h"
#include "engine/ops/convolution.h"
#include "engine/ops/op_table.h"
#include "engine/ops/window.h"

namespace vigil {
namespace {

std::array<Window, 2> ConvWindows(const ConvAttrs& attrs, const Shape& x) {
  return WindowsOf({x[2], x[3]}, attrs.kernel, attrs.strides, attrs.pads, attrs.dilations);
}

std::vector<TensorDesc> InferConv(const ConvAttrs& attrs, std::span<const TensorDesc> in) {
  RequireConvolution(in, attrs.has_bias, attrs.epilogue, attrs.groups, "M, C / groups, kH, kW");
  const Shape& x = in[0].shape;
  const Shape& weights = in[1].shape;
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
  const std::int64_t macs = out[0].shape.elements() * in[1].shape.ElementsFrom(1);
  return CostOfConvolution(in, out, macs, attrs.has_bias, attrs.epilogue);
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
  const std::int64_t group_in = in[1].desc.shape[1], taps = attrs.kernel[0] * attrs.kernel[1];
  const std::array<Window, 2> windows = ConvWindows(attrs, in[0].desc.shape);
  const float* weights = in[1].as<float>().data();
  SumOverPlanes(attrs.groups, attrs.has_bias, attrs.epilogue, in, out, [&](const PlanePair& pair) {
    for (std::int64_t tap = 0; tap < taps; ++tap) {
      const float weight = weights[(pair.out_channel * group_in + pair.in_of_group) * taps + tap];
      AddTap(pair.x, weight, windows, tap / attrs.kernel[1], tap % attrs.kernel[1],
             out[0].desc.shape, pair.y);
    }
  });
}

}  // namespace

constinit const OpDef kConvOp = MakeOp<ConvAttrs, InferConv, CostConv, ReferenceConv>("Conv");

}  // namespace vigil
