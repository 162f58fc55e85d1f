// Shape, Size, and operators that make constants of shapes and ranges.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/base/text.h"
#include "engine/onnx/fold.h"
#include "engine/onnx/tensor_proto.h"

namespace vigil::onnx {
namespace {

std::optional<Tensor> FoldConstantOfShape(const FoldArguments& arguments) {
  Tensor value({DType::kFloat32, Shape{1}});
  if (const auto* given = arguments.attributes().Tensor("value")) value = ReadTensor(*given);
  if (value.shape().elements() != 1) {
    ThrowMalformed(Text("value is ", value.shape(), ": expected one element"));
  }
  const TensorDesc desc{value.desc().dtype,
                        Shape(std::span<const std::int64_t>(arguments.Ints(0)))};
  if (!arguments.budget.Allows(desc.bytes())) return std::nullopt;
  Tensor filled(desc);
  const std::span<std::byte> bytes = filled.bytes();
  for (std::size_t at = 0; at < bytes.size(); at += value.bytes().size()) {
    std::ranges::copy(value.bytes(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return filled;
}

template <typename T>
std::optional<Tensor> RangeOf(const FoldArguments& arguments) {
  T ends[3];
  for (std::size_t i = 0; i < 3; ++i) {
    const Tensor& input = arguments.Input(i);
    if (input.desc().dtype != DTypeOf<T>() || input.shape().elements() != 1) {
      ThrowMalformed(Text("input ", i, " is ", input.shape(), " of ", DTypeName(input.desc().dtype),
                          ": expected one number like the others"));
    }
    ends[i] = input.as<T>()[0];
  }
  const auto [start, limit, delta] = std::tie(ends[0], ends[1], ends[2]);
  if (delta == T{}) ThrowMalformed("delta is 0");
  const double steps = std::ceil((static_cast<double>(limit) - static_cast<double>(start)) /
                                 static_cast<double>(delta));
  // As many elements as a shape may have; NaN for what is no range at all.
  if (!(steps <= static_cast<double>(Shape::kMaxElements))) {
    ThrowUnsupported(
        Text("a range of ", steps, " elements: expected at most ", Shape::kMaxElements));
  }
  const auto bytes = static_cast<std::size_t>(std::max(steps, 0.0)) * sizeof(T);
  if (!arguments.budget.Allows(bytes)) return std::nullopt;
  Tensor range({DTypeOf<T>(), Shape{static_cast<std::int64_t>(std::max(steps, 0.0))}});
  const std::span<T> values = range.as<T>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<T>(static_cast<double>(start) +
                               static_cast<double>(i) * static_cast<double>(delta));
  }
  return range;
}

std::optional<Tensor> FoldRange(const FoldArguments& arguments) {
  switch (arguments.Input(0).desc().dtype) {
    case DType::kInt64:
      return RangeOf<std::int64_t>(arguments);
    case DType::kInt32:
      return RangeOf<std::int32_t>(arguments);
    case DType::kFloat32:
      return RangeOf<float>(arguments);
    default:
      return std::nullopt;
  }
}

// [rank, count]: the indices of the elements that are not 0, column by column.
std::optional<Tensor> FoldNonZero(const FoldArguments& arguments) {
  const Tensor& x = arguments.Input(0);
  const std::size_t bytes = DTypeBytes(x.desc().dtype);
  const Tensor zero({x.desc().dtype, Shape{}});
  std::vector<std::int64_t> found;
  for (std::int64_t i = 0; i < x.shape().elements(); ++i) {
    const std::byte* element = x.bytes().data() + static_cast<std::size_t>(i) * bytes;
    if (std::memcmp(element, zero.bytes().data(), bytes) != 0) found.push_back(i);
  }
  const auto count = static_cast<std::int64_t>(found.size());
  const TensorDesc desc{DType::kInt64, Shape{x.shape().rank(), count}};
  if (!arguments.budget.Allows(desc.bytes())) return std::nullopt;
  Tensor indices(desc);
  const auto out = indices.as<std::int64_t>();
  for (int d = 0; d < x.shape().rank(); ++d) {
    for (std::size_t i = 0; i < found.size(); ++i) {
      out[static_cast<std::size_t>(d) * found.size() + i] =
          found[i] / x.shape().ElementsFrom(d + 1) % x.shape()[d];
    }
  }
  return indices;
}

}  // namespace

Tensor Int64Vector(std::span<const std::int64_t> values) {
  Tensor tensor({DType::kInt64, Shape{static_cast<std::int64_t>(values.size())}});
  std::ranges::copy(values, tensor.as<std::int64_t>().begin());
  return tensor;
}

Tensor FoldShape(const FoldArguments& arguments, const Shape& shape) {
  if (arguments.proto.op_type() == "Size") {
    Tensor size({DType::kInt64, Shape{}});
    size.as<std::int64_t>()[0] = shape.elements();
    return size;
  }
  const std::int64_t rank = shape.rank();
  std::int64_t start = 0, end = rank;
  if (arguments.opset >= 15) {
    const auto clamped = [&](std::int64_t at) {
      return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
    };
    start = clamped(arguments.attributes().Int("start", 0));
    end = std::max(start, clamped(arguments.attributes().Int("end", rank)));
  }
  return Int64Vector(
      shape.dims().subspan(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start)));
}

Folding ShapeFolding(std::string_view op_type) {
  if (op_type == "ConstantOfShape") return FoldConstantOfShape;
  if (op_type == "Range") return FoldRange;
  if (op_type == "NonZero") return FoldNonZero;
  return nullptr;
}

}  // namespace vigil::onnx
