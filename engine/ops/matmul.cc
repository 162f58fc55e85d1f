#include "engine/ops/matmul.h"

#include "engine/ops/broadcast.h"
#include "engine/ops/check.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

// The dimensions before the last two.
Shape BatchOf(const Shape& shape) {
  const auto dims = shape.dims();
  return Shape(dims.first(dims.size() < 2 ? 0 : dims.size() - 2));
}

Strides BatchStrides(const Shape& from, const Shape& to, std::int64_t matrix) {
  Strides strides = StridesToBroadcast(from, to);
  for (std::int64_t& stride : strides) stride *= matrix;
  return strides;
}

std::vector<TensorDesc> InferMatMul(const MatMulAttrs&, std::span<const TensorDesc> in) {
  RequireInputs(in, 2, "a, b");
  SupportFloat32Alone(in);
  const Shape& a = in[0].shape;
  const Shape& b = in[1].shape;
  if (a.rank() < 1 || b.rank() < 1) {
    ThrowShape(Text("a is ", a, " and b is ", b, ": expected rank 1 to ", Shape::kMaxRank));
  }
  const std::int64_t depth = a[a.rank() - 1];
  const std::int64_t b_depth = b[b.rank() == 1 ? 0 : b.rank() - 2];
  if (depth != b_depth) {
    ThrowShape(Text("a is ", a, " and b is ", b, ": expected b to have ", depth, " rows"));
  }
  RequireNonEmpty("a", a);
  const Shape batch = BroadcastShape(BatchOf(a), BatchOf(b));
  std::vector<std::int64_t> dims(batch.dims().begin(), batch.dims().end());
  if (a.rank() > 1) dims.push_back(a[a.rank() - 2]);
  if (b.rank() > 1) dims.push_back(b[b.rank() - 1]);
  const Shape out{std::span<const std::int64_t>(dims)};
  RequireNonEmpty("output", out);
  return {{DType::kFloat32, out}};
}

OpCost CostMatMul(const MatMulAttrs&, std::span<const TensorDesc> in,
                  std::span<const TensorDesc> out) {
  const Shape& a = in[0].shape;
  return CostOf(in, out, out[0].shape.elements() * a[a.rank() - 1]);
}

// One matrix: y[m][n], row by row.
void Multiply(const float* a, const float* b, const MatMulSizes& sizes, float* y) {
  for (std::int64_t m = 0; m < sizes.rows; ++m) {
    for (std::int64_t n = 0; n < sizes.columns; ++n) {
      float sum = 0.0f;
      for (std::int64_t k = 0; k < sizes.depth; ++k) {
        sum += a[m * sizes.depth + k] * b[k * sizes.columns + n];
      }
      *y++ = sum;
    }
  }
}

void ReferenceMatMul(const MatMulAttrs&, std::span<const ConstTensorView> in,
                     std::span<const TensorView> out) {
  const MatMulSizes sizes = SizesOf(in[0].desc.shape, in[1].desc.shape);
  float* y = out[0].as<float>().data();
  // One dimension more, so that a row of it is one matrix.
  std::vector<std::int64_t> dims(sizes.batch.dims().begin(), sizes.batch.dims().end());
  dims.push_back(1);
  ForEachRow(Shape(std::span<const std::int64_t>(dims)), std::array{sizes.a_batch, sizes.b_batch},
             [&](std::int64_t, const std::array<std::int64_t, 2>& offsets) {
               Multiply(in[0].as<float>().data() + offsets[0],
                        in[1].as<float>().data() + offsets[1], sizes, y);
               y += sizes.rows * sizes.columns;
             });
}

}  // namespace

MatMulSizes SizesOf(const Shape& a, const Shape& b) {
  MatMulSizes sizes;
  sizes.depth = a[a.rank() - 1];
  if (a.rank() > 1) sizes.rows = a[a.rank() - 2];
  if (b.rank() > 1) sizes.columns = b[b.rank() - 1];
  const Shape a_batch = BatchOf(a), b_batch = BatchOf(b);
  sizes.batch = BroadcastShape(a_batch, b_batch);
  sizes.a_batch = BatchStrides(a_batch, sizes.batch, sizes.rows * sizes.depth);
  sizes.b_batch = BatchStrides(b_batch, sizes.batch, sizes.depth * sizes.columns);
  return sizes;
}

constinit const OpDef kMatMulOp =
    MakeOp<MatMulAttrs, InferMatMul, CostMatMul, ReferenceMatMul>("MatMul");

}  // namespace vigil
