#include "engine/ops/pool.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "engine/ops/check.h"
#include "engine/ops/element_type.h"
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
  if (attrs.kind == PoolKind::kMax) {
    RequireNumbers(in);
  } else {
    RequireFloat32(in);
  }
  RequireRank("x", in[0], 4, "N, C, H, W");
  const Shape& x = in[0].shape;
  RequireNonEmpty("x", x);
  const auto [rows, columns] = PoolWindows(attrs, x);
  const Shape out{x[0], x[1], WindowOutputs(rows, attrs.ceil_mode, "height"),
                  WindowOutputs(columns, attrs.ceil_mode, "width")};
  RequireTaps(rows, out[2], "height");
  RequireTaps(columns, out[3], "width");
  return {{in[0].dtype, out}};
}

OpCost CostPool(const PoolAttrs& attrs, std::span<const TensorDesc> in,
                std::span<const TensorDesc> out) {
  return CostOf(in, out, 0, out[0].shape.elements() * attrs.kernel[0] * attrs.kernel[1]);
}

// `combine`, from `start` on, of the taps that read the plane `x`.
template <typename T, typename Combine>
T OverTaps(const T* x, const std::array<Window, 2>& windows, std::int64_t h, std::int64_t w,
           T start, Combine combine) {
  const auto& [rows, columns] = windows;
  const Range row_taps = TapsWithin(rows, h, 0, rows.in);
  const Range column_taps = TapsWithin(columns, w, 0, columns.in);
  T result = start;
  for (std::int64_t i = row_taps.first; i < row_taps.last; ++i) {
    const T* line = x + rows.Position(h, i) * columns.in;
    for (std::int64_t j = column_taps.first; j < column_taps.last; ++j) {
      result = combine(result, line[columns.Position(w, j)]);
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

// y[h, w] = pool(plane, h, w), plane by plane.
template <typename T, typename Pool>
void ForEachOutput(const ConstTensorView& in, const TensorView& out, Pool pool) {
  const Shape& shape = out.desc.shape;
  const T* x = in.as<T>().data();
  T* y = out.as<T>().data();
  for (std::int64_t plane = 0; plane < shape[0] * shape[1]; ++plane) {
    for (std::int64_t h = 0; h < shape[2]; ++h) {
      for (std::int64_t w = 0; w < shape[3]; ++w) *y++ = pool(x, h, w);
    }
    x += in.desc.shape.ElementsFrom(2);
  }
}

void ReferencePool(const PoolAttrs& attrs, std::span<const ConstTensorView> in,
                   std::span<const TensorView> out) {
  const std::array<Window, 2> windows = PoolWindows(attrs, in[0].desc.shape);
  if (attrs.kind == PoolKind::kAverage) {
    ForEachOutput<float>(in[0], out[0], [&](const float* x, std::int64_t h, std::int64_t w) {
      const std::int64_t count = Counted(windows[0], h, attrs.count_include_pad) *
                                 Counted(windows[1], w, attrs.count_include_pad);
      return OverTaps(x, windows, h, w, 0.0f, std::plus<>()) / static_cast<float>(count);
    });
    return;
  }
  WithNumberType(in[0].desc.dtype, [&]<typename T>(T) {
    using Limits = std::numeric_limits<T>;
    const T lowest = Limits::has_infinity ? static_cast<T>(-Limits::infinity()) : Limits::lowest();
    ForEachOutput<T>(in[0], out[0], [&](const T* x, std::int64_t h, std::int64_t w) {
      return OverTaps(x, windows, h, w, lowest,
                      [](T high, T value) { return std::max(high, value); });
    });
  });
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
