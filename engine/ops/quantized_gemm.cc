#include "engine/ops/quantized_gemm.h"

#include "engine/ops/broadcast.h"
#include "engine/ops/check.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

// The dimensions before the matrix.
Shape Leading(const Shape& shape) {
  return Shape(shape.dims().first(static_cast<std::size_t>(shape.rank() - 2)));
}

std::vector<TensorDesc> InferQGemm(const QGemmAttrs& attrs, std::span<const TensorDesc> in) {
  RequireInputs(in, 2u + attrs.product.has_bias, "a, b, and bias where the attributes say so");
  const Shape& a = in[0].shape;
  const Shape& b = in[1].shape;
  if (a.rank() < 2 || b.rank() < 2 || (attrs.trans_b && (a.rank() != 2 || b.rank() != 2))) {
    ThrowShape(Text("a is ", a, " and b is ", b, ": expected rank 2",
                    attrs.trans_b ? " (b is transposed)" : " or more"));
  }
  const std::int64_t depth = a[a.rank() - 1];
  const std::int64_t columns = b[attrs.trans_b ? 0 : b.rank() - 1];
  if (b[attrs.trans_b ? 1 : b.rank() - 2] != depth) {
    ThrowShape(Text("a is ", a, " and b is ", b, " (transposed: ", attrs.trans_b,
                    "): expected b to have ", depth, " rows"));
  }
  RequireNonEmpty("a", a);
  RequireNonEmpty("b", b);
  CheckProduct(attrs.product, in[0].dtype, in[1].dtype, columns);
  if (attrs.product.has_bias) RequireBias(in[2], columns);
  const Shape leading = BroadcastShape(Leading(a), Leading(b));
  std::vector<std::int64_t> dims(leading.dims().begin(), leading.dims().end());
  dims.push_back(a[a.rank() - 2]);
  dims.push_back(columns);
  return {{attrs.product.type, Shape(std::span<const std::int64_t>(dims))}};
}

OpCost CostQGemm(const QGemmAttrs& attrs, std::span<const TensorDesc> in,
                 std::span<const TensorDesc> out) {
  const std::int64_t elements = out[0].shape.elements();
  const std::int64_t rest = attrs.product.has_bias + 2 * (attrs.product.type != DType::kInt32);
  return CostOf(in, out, elements * in[0].shape[in[0].shape.rank() - 1], elements * rest);
}

// b - zero point of its column.
std::vector<std::int32_t> CentredColumns(const QGemmAttrs& attrs, const ConstTensorView& b) {
  const auto depth = static_cast<std::size_t>(attrs.trans_b ? b.desc.shape[1] : 1);
  return Centred(b, attrs.product.weight_zero_points, depth);
}

void ReferenceQGemm(const QGemmAttrs& attrs, std::span<const ConstTensorView> in,
                    std::span<const TensorView> out) {
  const std::vector<std::int32_t> a = Centred(in[0], {&attrs.product.x_zero_point, 1}, 1);
  const std::vector<std::int32_t> b = CentredColumns(attrs, in[1]);
  const Shape& a_shape = in[0].desc.shape;
  const Shape& y_shape = out[0].desc.shape;
  const std::int64_t depth = a_shape[a_shape.rank() - 1];
  const std::int64_t rows = y_shape[y_shape.rank() - 2], columns = y_shape[y_shape.rank() - 1];
  const std::int64_t b_column = attrs.trans_b ? depth : 1, b_depth = attrs.trans_b ? 1 : columns;
  // One more dimension of 1 makes each matrix a row of ForEachRow's walk.
  const Shape leading = Leading(y_shape);
  std::vector<std::int64_t> dims(leading.dims().begin(), leading.dims().end());
  std::array<Strides, 2> strides{StridesToBroadcast(Leading(a_shape), leading),
                                 StridesToBroadcast(Leading(in[1].desc.shape), leading)};
  dims.push_back(1);
  const Shape walk{std::span<const std::int64_t>(dims)};
  const OutputWriter writer(attrs.product);
  const auto dot = [&](const std::int32_t* left, const std::int32_t* right, std::int32_t sum) {
    for (std::int64_t k = 0; k < depth; ++k)
      sum = WrappedSum(sum, WrappedProduct(left[k], right[k * b_depth]));
    return sum;
  };
  ForEachRow(walk, strides, [&](std::int64_t matrix, const std::array<std::int64_t, 2>& offsets) {
    const std::int32_t* left = a.data() + offsets[0] * rows * depth;
    const std::int32_t* right = b.data() + offsets[1] * depth * columns;
    for (std::int64_t m = 0; m < rows; ++m) {
      for (std::int64_t n = 0; n < columns; ++n) {
        const auto column = static_cast<std::size_t>(n);
        const std::int32_t bias = attrs.product.has_bias ? in[2].as<std::int32_t>()[column] : 0;
        writer.Write(out[0].data, static_cast<std::size_t>((matrix * rows + m) * columns + n),
                     column, dot(left + m * depth, right + n * b_column, bias));
      }
    }
  });
}

}  // namespace

constinit const OpDef kQGemmOp =
    MakeTypedOp<QGemmAttrs, InferQGemm, CostQGemm, ReferenceQGemm>("QLinearMatMul");

}  // namespace vigil
