#include "engine/ops/pad.h"

#include <algorithm>
#include <cstring>

#include "engine/ops/check.h"
#include "engine/ops/copies.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

constexpr std::int64_t kOutside = -1;

std::vector<TensorDesc> InferPad(const PadAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 1, "x");
  const Shape& x = in[0].shape;
  const auto rank = static_cast<std::size_t>(x.rank());
  if (attrs.pads.size() != 2 * rank) {
    ThrowShape(Text("pads has ", attrs.pads.size(), " entries for x ", x, ": expected ", 2 * rank,
                    " (begins, then ends)"));
  }
  RequireRange("pads", attrs.pads, -kMaxAttribute);
  RequireNonEmpty("x", x);
  std::vector<std::int64_t> dims;
  for (int i = 0; i < x.rank(); ++i) {
    const std::int64_t begin = attrs.pads[static_cast<std::size_t>(i)];
    const std::int64_t end = attrs.pads[rank + static_cast<std::size_t>(i)];
    const std::int64_t left = PadAxisOf(attrs, i, x[i]).length;
    if (left < 1) {
      ThrowShape(Text("x is ", x, " and loses ", -std::min<std::int64_t>(begin, 0), " + ",
                      -std::min<std::int64_t>(end, 0), " of dimension ", i,
                      ": expected at least 1 to be left"));
    }
    dims.push_back(x[i] + begin + end);
  }
  return {{in[0].dtype, Shape{std::span<const std::int64_t>(dims)}}};
}

// Where in the input the element at `place` of what was left comes from.
std::int64_t SourceOf(PadMode mode, const PadAxis& axis, std::int64_t place) {
  const std::int64_t last = axis.length - 1;
  if (place >= 0 && place <= last) return place + axis.crop;
  switch (mode) {
    case PadMode::kConstant:
      return kOutside;
    case PadMode::kEdge:
      return (place < 0 ? 0 : last) + axis.crop;
    case PadMode::kWrap:
      return (place % axis.length + axis.length) % axis.length + axis.crop;
    case PadMode::kReflect: {
      if (last == 0) return axis.crop;
      const std::int64_t period = 2 * last;
      const std::int64_t within = (place % period + period) % period;
      return std::min(within, period - within) + axis.crop;
    }
  }
  return kOutside;
}

// The value in the element type's own bytes.
std::array<std::byte, 8> Encoded(float value, DType dtype) {
  std::array<std::byte, 8> bytes{};
  const auto put = [&](auto typed) { std::memcpy(bytes.data(), &typed, sizeof(typed)); };
  switch (dtype) {
    case DType::kFloat32:
      put(value);
      break;
    case DType::kInt64:
      put(static_cast<std::int64_t>(value));
      break;
    case DType::kInt32:
      put(static_cast<std::int32_t>(value));
      break;
    case DType::kBool:
      put(value != 0.0f);
      break;
    case DType::kInt8:
    case DType::kUInt8:
      put(static_cast<std::int8_t>(static_cast<std::int32_t>(value)));
      break;
    case DType::kFloat16:
      VIGIL_CHECK(false);
  }
  return bytes;
}

void ReferencePad(const PadAttrs& attrs, std::span<const ConstTensorView> in,
                  std::span<const TensorView> out) {
  const Shape& from = in[0].desc.shape;
  const Shape& to = out[0].desc.shape;
  const std::size_t bytes = DTypeBytes(in[0].desc.dtype);
  const std::array<std::byte, 8> value = Encoded(attrs.value, in[0].desc.dtype);
  std::array<PadAxis, Shape::kMaxRank> axes;
  for (int d = 0; d < to.rank(); ++d) {
    axes[static_cast<std::size_t>(d)] = PadAxisOf(attrs, d, from[d]);
  }
  const auto* x = static_cast<const std::byte*>(in[0].data);
  auto* y = static_cast<std::byte*>(out[0].data);
  const std::int64_t elements = to.elements();
  for (std::int64_t i = 0; i < elements; ++i) {
    std::int64_t rest = i, source = 0;
    bool inside = true;
    for (int d = to.rank() - 1; d >= 0; --d) {
      const PadAxis& axis = axes[static_cast<std::size_t>(d)];
      const std::int64_t at = SourceOf(attrs.mode, axis, rest % to[d] - axis.begin);
      inside = inside && at != kOutside;
      source += at * from.ElementsFrom(d + 1);
      rest /= to[d];
    }
    std::memcpy(y + static_cast<std::size_t>(i) * bytes,
                inside ? x + static_cast<std::size_t>(source) * bytes : value.data(), bytes);
  }
}

}  // namespace

PadAxis PadAxisOf(const PadAttrs& attrs, int axis, std::int64_t size) {
  const std::int64_t begin = attrs.pads[static_cast<std::size_t>(axis)];
  const std::int64_t end = attrs.pads[attrs.pads.size() / 2 + static_cast<std::size_t>(axis)];
  const std::int64_t crop = std::max<std::int64_t>(0, -begin);
  return {std::max<std::int64_t>(0, begin), crop, size - crop - std::max<std::int64_t>(0, -end)};
}

constinit const OpDef kPadOp =
    MakeOp<PadAttrs, InferPad, CostCopies<PadAttrs>, ReferencePad>("Pad");

}  // namespace vigil
