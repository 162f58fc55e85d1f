#include "engine/ops/gemm.h"

#include "engine/ops/broadcast.h"
#include "engine/ops/check.h"
#include "engine/ops/epilogue_rule.h"
#include "engine/ops/op_table.h"

namespace vigil {
namespace {

std::vector<TensorDesc> InferGemm(const GemmAttrs& attrs, std::span<const TensorDesc> in) {
  const std::size_t inputs = 2u + attrs.has_bias + attrs.epilogue.residual;
  RequireInputs(in, inputs, "a, b, c and residual where the attributes say so");
  SupportFloat32Alone(in);
  RequireRank("a", in[0], 2, attrs.trans_a ? "K, M" : "M, K");
  RequireRank("b", in[1], 2, attrs.trans_b ? "N, K" : "K, N");
  const Shape& a = in[0].shape;
  const Shape& b = in[1].shape;
  const std::int64_t depth = a[attrs.trans_a ? 0 : 1];
  if (b[attrs.trans_b ? 1 : 0] != depth) {
    ThrowShape(Text("a is ", a, " (transposed: ", attrs.trans_a, ") and b is ", b,
                    " (transposed: ", attrs.trans_b, "): expected b to have ", depth, " rows"));
  }
  RequireNonEmpty("a", a);
  const Shape out{a[attrs.trans_a ? 1 : 0], b[attrs.trans_b ? 0 : 1]};
  RequireNonEmpty("output", out);
  if (attrs.has_bias && !(BroadcastShape(in[2].shape, out) == out)) {
    ThrowShape(Text("c is ", in[2].shape, ": expected a shape that broadcasts to ", out));
  }
  return InferEpilogue(attrs.epilogue, in, {DType::kFloat32, out});
}

OpCost CostGemm(const GemmAttrs& attrs, std::span<const TensorDesc> in,
                std::span<const TensorDesc> out) {
  const std::int64_t elements = out[0].shape.elements();
  const std::int64_t scales = (attrs.alpha != 1.0f) + (attrs.has_bias && attrs.beta != 1.0f);
  const std::int64_t rest = elements * (scales + attrs.has_bias + EpilogueFlops(attrs.epilogue));
  return CostOf(in, out, elements * in[0].shape[attrs.trans_a ? 0 : 1], rest);
}

void ReferenceGemm(const GemmAttrs& attrs, std::span<const ConstTensorView> in,
                   std::span<const TensorView> out) {
  const Shape& a_shape = in[0].desc.shape;
  const Shape& b_shape = in[1].desc.shape;
  const std::int64_t rows = out[0].desc.shape[0], columns = out[0].desc.shape[1];
  const std::int64_t depth = a_shape[attrs.trans_a ? 0 : 1];
  const std::int64_t a_row = attrs.trans_a ? 1 : a_shape[1], a_depth = attrs.trans_a ? rows : 1;
  const std::int64_t b_column = attrs.trans_b ? b_shape[1] : 1;
  const std::int64_t b_depth = attrs.trans_b ? 1 : columns;
  const float* a = in[0].as<float>().data();
  const float* b = in[1].as<float>().data();
  float* y = out[0].as<float>().data();
  for (std::int64_t m = 0; m < rows; ++m) {
    for (std::int64_t n = 0; n < columns; ++n) {
      float sum = 0.0f;
      for (std::int64_t k = 0; k < depth; ++k) {
        sum += a[m * a_row + k * a_depth] * b[k * b_depth + n * b_column];
      }
      y[m * columns + n] = attrs.alpha * sum;
    }
  }
  if (attrs.has_bias) {
    const std::span<const float> c = in[2].as<float>();
    const Strides strides = StridesToBroadcast(in[2].desc.shape, out[0].desc.shape);
    for (std::int64_t m = 0; m < rows; ++m) {
      for (std::int64_t n = 0; n < columns; ++n) {
        y[m * columns + n] +=
            attrs.beta * c[static_cast<std::size_t>(m * strides[0] + n * strides[1])];
      }
    }
  }
  ApplyEpilogue(attrs.epilogue, in, out);
}

}  // namespace

constinit const OpDef kGemmOp = MakeOp<GemmAttrs, InferGemm, CostGemm, ReferenceGemm>("Gemm");

}  // namespace vigil
