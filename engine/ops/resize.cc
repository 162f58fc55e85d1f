#include "engine/ops/resize.h"

#include <algorithm>
#include <cmath>

#include "engine/ops/check.h"
#include "engine/ops/op_table.h"
#include "engine/ops/resize_plan.h"

namespace vigil {
namespace {

// Of a kernel: more means that an image shrinks to nearly nothing, at a cost out of proportion.
constexpr float kSmallestAntialiasScale = 1.0f / 64;
constexpr int kMostAntialiasAxes = 2;

std::int64_t OutputSize(const ResizeAttrs& attrs, std::size_t d, std::int64_t in) {
  if (!attrs.sizes.empty()) return attrs.sizes[d] == 0 ? in : attrs.sizes[d];
  const float scale = attrs.scales[d];
  const float size = std::floor(static_cast<float>(in) * scale);
  if (!(size >= 1.0f && size <= static_cast<float>(kMaxAttribute))) {
    ThrowShape(Text("dimension ", d, " of ", in, " scaled by ", scale, " is ", size,
                    ": expected 1 or more"));
  }
  return static_cast<std::int64_t>(size);
}

std::vector<TensorDesc> InferResize(const ResizeAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  SupportFloat32Alone(in);
  const Shape& x = in[0].shape;
  RequireNonEmpty("x", x);
  const auto rank = static_cast<std::size_t>(x.rank());
  const std::size_t scales = attrs.scales.size(), sizes = attrs.sizes.size();
  if ((scales != 0 && scales != rank) || (sizes != 0 && sizes != rank) ||
      (rank != 0 && scales + sizes == 0)) {
    ThrowShape(Text(scales, " scales and ", sizes, " sizes for x ", x, ": expected ", rank,
                    " of one of them"));
  }
  RequireRange("sizes", attrs.sizes, 0);
  for (const float scale : attrs.scales) {
    if (!(scale > 0.0f) || !std::isfinite(scale)) {
      ThrowValue(Text("a scale is ", scale, ": expected more than 0"));
    }
    if (attrs.antialias && scale < kSmallestAntialiasScale) {
      ThrowValue(Text("a scale is ", scale, ": expected at least ", kSmallestAntialiasScale,
                      " with antialias"));
    }
  }
  const bool crops = attrs.coordinates == ResizeCoordinates::kTfCropAndResize;
  if (attrs.roi.size() != (crops ? 2 * rank : 0) ||
      !std::ranges::all_of(attrs.roi, [](float end) { return std::isfinite(end); })) {
    ThrowShape(Text("roi has ", attrs.roi.size(), " entries: expected ", crops ? 2 * rank : 0,
                    ", all finite (begins, then ends)"));
  }
  std::vector<std::int64_t> dims;
  int changed = 0;
  for (std::size_t d = 0; d < rank; ++d) {
    dims.push_back(OutputSize(attrs, d, x[static_cast<int>(d)]));
    const float shrunk = static_cast<float>(dims[d]) / static_cast<float>(x[static_cast<int>(d)]);
    if (attrs.antialias && shrunk < kSmallestAntialiasScale) {
      ThrowValue(Text("dimension ", d, " shrinks from ", x[static_cast<int>(d)], " to ", dims[d],
                      ": expected at least ", kSmallestAntialiasScale, " of it with antialias"));
    }
    changed += dims[d] != x[static_cast<int>(d)];
  }
  if (attrs.antialias && changed > kMostAntialiasAxes) {
    ThrowValue(
        Text(changed, " dimensions change with antialias: expected at most ", kMostAntialiasAxes));
  }
  return {{DType::kFloat32, Shape{std::span<const std::int64_t>(dims)}}};
}

OpCost CostResize(const ResizeAttrs& attrs, std::span<const TensorDesc> in,
                  std::span<const TensorDesc> out) {
  // Two operations a tap, as many taps as a square of two or four elements has.
  const std::int64_t taps = attrs.mode == ResizeMode::kNearest  ? 0
                            : attrs.mode == ResizeMode::kLinear ? 4
                                                                : 16;
  return CostOf(in, out, 0, 2 * taps * out[0].shape.elements());
}

void ReferenceResize(const ResizeAttrs& attrs, std::span<const ConstTensorView> in,
                     std::span<const TensorView> out) {
  ResizeRunner(attrs, in[0].desc.shape, out[0].desc.shape)
      .Run(in[0].as<float>().data(), out[0].as<float>().data());
}

}  // namespace

constinit const OpDef kResizeOp =
    MakeOp<ResizeAttrs, InferResize, CostResize, ReferenceResize>("Resize");

}  // namespace vigil
