#include "engine/ops/pool.h"

#include <algorithm>
#include <limits>

#include "engine/ops/check.h"
#include "engine/ops/op_table.h"
#include "engine/ops/window.h"

namespace vigil {
namespace {

std::array<Window, 2> PoolWindows(const PoolAttrs& attrs, const Shape& x) {
  return WindowsOf({x[2], x[3]}, attrs.kernel, attrs.strides, attrs.pads, attrs.dilations);
}

// A maximum or a mean over padding alone is not defined.
void RequireTaps(const Window& window, std::int64_t outputs, std::string_view dimension) {
  if (window.pad_begin == 0 && window.pad_end == 0) return;
  for (std::int64_t o = 0; o < outputs; ++o) {
    if (TapsWithin(window, o, 0, window.in).size() == 0) {
      ThrowShape(Text(dimension, " ", window.in, ": window ", o, " of kernel ", window.kernel,
                      ", dilation ", window.dilation, ", padding ", window.pad_begin, " + ",
                      window.pad_end, " reads padding alone: expected at least 1 element"));
    }
  }
}

std::vector<TensorDesc> InferPool(const PoolAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  RequireFloat32(in);
  RequireRank("x", in[0], 4, "N, C, H, W");
  const Shape& x = in[0].shape;
  RequireNonEmpty("x", x);
  const auto [rows, columns] = PoolWindows(attrs, x);
  const Shape out{x[0], x[1], WindowOutputs(rows, attrs.ceil_mode, "height"),
                  WindowOutputs(columns, attrs.ceil_mode, "width")};
  RequireTaps(rows, out[2], "height");
  RequireTaps(columns, out[3], "width");
  return {{DType::kFloat32, out}};
}

OpCost CostPool(const PoolAttrs& attrs, std::span<const TensorDesc> in,
                std::span<const TensorDesc> out) {
  return CostOf(in, out, 0, out[0].shape.elements() * attrs.kernel[0] * attrs.kernel[1]);
}

// The maximum or the sum over the taps that read the plane `x`.
float Reduce(PoolKind kind, const float* x, const std::array<Window, 2>& windows, std::int64_t h,
             std::int64_t w) {
  const auto& [rows, columns] = windows;
  const Range row_taps = TapsWithin(rows, h, 0, rows.in);
  const Range column_taps = TapsWithin(columns, w, 0, columns.in);
  float result = kind == PoolKind::kMax ? -std::numeric_limits<float>::infinity() : 0.0f;
  for (std::int64_t i = row_taps.first; i < row_taps.last; ++i) {
    const float* line = x + rows.Position(h, i) * columns.in;
    for (std::int64_t j = column_taps.first; j < column_taps.last; ++j) {
      const float value = line[columns.Position(w, j)];
      if (kind == PoolKind::kAverage) {
        result += value;
      } else if (value > result) {
        result = value;
      }
    }
  }
  return result;
}

// How many taps along one dimension an average divides by.
std::int64_t Counted(const Window& window, std::int64_t output, bool include_pad) {
  return include_pad
             ? TapsWithin(window, output, -window.pad_begin, window.in + window.pad_end).size()
             : TapsWithin(window, output, 0, window.in).size();
}

void ReferencePool(const PoolAttrs& attrs, std::span<const ConstTensorView> in,
                   std::span<const TensorView> out) {
  const Shape& shape = out[0].desc.shape;
  const std::array<Window, 2> windows = PoolWindows(attrs, in[0].desc.shape);
  const float* x = in[0].as<float>().data();
  float* y = out[0].as<float>().data();
  for (std::int64_t plane = 0; plane < shape[0] * shape[1]; ++plane) {
    for (std::int64_t h = 0; h < shape[2]; ++h) {
      for (std::int64_t w = 0; w < shape[3]; ++w) {
        float value = Reduce(attrs.kind, x, windows, h, w);
        if (attrs.kind == PoolKind::kAverage) {
          value /= static_cast<float>(Counted(windows[0], h, attrs.count_include_pad) *
                                      Counted(windows[1], w, attrs.count_include_pad));
        }
        *y++ = value;
      }
    }
    x += windows[0].in * windows[1].in;
  }
}

std::vector<TensorDesc> InferGlobalPool(const GlobalPoolAttrs&, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  RequireFloat32(in);
  RequireRank("x", in[0], 4, "N, C, H, W");
  RequireNonEmpty("x", in[0].shape);
  return {{DType::kFloat32, Shape{in[0].shape[0], in[0].shape[1], 1, 1}}};
}

OpCost CostGlobalPool(const GlobalPoolAttrs&, std::span<const TensorDesc> in,
                      std::span<const TensorDesc> out) {
  return CostOf(in, out, 0, in[0].shape.elements());
}

void ReferenceGlobalPool(const GlobalPoolAttrs& attrs, std::span<const ConstTensorView> in,
                         std::span<const TensorView> out) {
  const auto plane = static_cast<std::size_t>(in[0].desc.shape.ElementsFrom(2));
  const std::span<const float> x = in[0].as<float>();
  const std::span<float> y = out[0].as<float>();
  for (std::size_t i = 0; i < y.size(); ++i) {
    const std::span<const float> values = x.subspan(i * plane, plane);
    if (attrs.kind == PoolKind::kMax) {
      y[i] = *std::ranges::max_element(values);
      continue;
    }
    float sum = 0.0f;
    for (const float value : values) sum += value;
    y[i] = sum / static_cast<float>(plane);
  }
}

}  // namespace

constinit const OpDef kPoolOp = MakeOp<PoolAttrs, InferPool, CostPool, ReferencePool>("Pool");
constinit const OpDef kGlobalPoolOp =
    MakeOp<GlobalPoolAttrs, InferGlobalPool, CostGlobalPool, ReferenceGlobalPool>("GlobalPool");

}  // namespace vigil
