// Products of values on oneDNN's matmul: MatMul, and Gemm where the inner product does not do.
#include <array>

#include "engine/cpu/onednn/fusion.h"
#include "engine/cpu/onednn/kernels.h"

namespace vigil::cpu::onednn {
namespace {

using dnnl::memory;
using Desc = dnnl::matmul::primitive_desc;

memory::dims DimsWith(const Shape& batch, std::int64_t rows, std::int64_t columns) {
  memory::dims dims(batch.dims().begin(), batch.dims().end());
  dims.insert(dims.end(), {rows, columns});
  return dims;
}

// The operand's own dimensions in front of its matrix, ones up to the rank of `batch`.
Shape BatchOf(const Shape& operand, const Shape& batch) {
  std::vector<std::int64_t> dims(static_cast<std::size_t>(batch.rank()), 1);
  const int own = std::max(operand.rank() - 2, 0);
  for (int i = 0; i < own; ++i) {
    dims[static_cast<std::size_t>(batch.rank() - own + i)] = operand[i];
  }
  return Shape(std::span<const std::int64_t>(dims));
}

bool MatMulApplicable(const KernelContext& context) {
  return context.attrs<MatMulAttrs>() != nullptr;
}

void BuildMatMul(KernelContext& context) {
  const Shape& a_shape = context.InputShape(0);
  const Shape& b_shape = context.InputShape(1);
  const MatMulSizes sizes = SizesOf(a_shape, b_shape);
  const Layout a = PlainLayout(DimsWith(BatchOf(a_shape, sizes.batch), sizes.rows, sizes.depth));
  const Layout b = PlainLayout(DimsWith(BatchOf(b_shape, sizes.batch), sizes.depth, sizes.columns));
  const Layout dst = PlainLayout(DimsWith(sizes.batch, sizes.rows, sizes.columns));
  const Desc desc(dnnl::matmul::desc(a, b, dst), MakeAttr(), context.engine());
  std::vector<PrimitiveArgument> arguments{
      {DNNL_ARG_SRC, context.Input(0, a, a), a},
      {DNNL_ARG_WEIGHTS, context.Input(1, b, b), b},
      {DNNL_ARG_DST, context.Output(0, PlainLayout(context.OutputShape(0))), dst}};
  context.Add(dnnl::matmul(desc), desc, std::move(arguments));
}

bool GemmApplicable(const KernelContext& context) {
  const GemmAttrs* attrs = context.attrs<GemmAttrs>();
  // A factor of c has no place among the post-operations.
  return attrs && (!attrs->has_bias || attrs->beta == 1.0f);
}

// A matrix of these dimensions that lies transposed in memory where told so.
Layout MatrixLayout(std::int64_t rows, std::int64_t columns, bool transposed) {
  const memory::dims strides = transposed ? memory::dims{1, rows} : memory::dims{columns, 1};
  return Layout({rows, columns}, memory::data_type::f32, strides);
}

// c as a matrix that repeats along its ones.
Layout BiasLayout(const KernelContext& context) {
  memory::dims dims = DimsOf(context.InputShape(2));
  dims.insert(dims.begin(), 2 - dims.size(), 1);
  return PlainLayout(dims);
}

Desc MakeDesc(const KernelContext& context, const GemmAttrs& attrs, const Layout& a,
              const Layout& b, const EpilogueVariant& variant) {
  const Layout dst = PlainLayout(context.OutputShape(0));
  dnnl::post_ops operations;
  if (attrs.has_bias) operations.append_binary(dnnl::algorithm::binary_add, BiasLayout(context));
  if (variant.residual) operations.append_binary(dnnl::algorithm::binary_add, dst);
  AppendActivation(operations, variant.activation);
  dnnl::primitive_attr attr = MakeAttr(operations);
  if (attrs.alpha != 1.0f) attr.set_output_scales(0, {attrs.alpha});
  return Desc(dnnl::matmul::desc(a, b, dst), attr, context.engine());
}

void BuildGemm(KernelContext& context) {
  const GemmAttrs& attrs = *context.attrs<GemmAttrs>();
  const Shape& out = context.OutputShape(0);
  const std::int64_t depth = context.InputShape(0)[attrs.trans_a ? 0 : 1];
  const Layout a = MatrixLayout(out[0], depth, attrs.trans_a);
  const Layout b = MatrixLayout(depth, out[1], attrs.trans_b);
  const std::vector<EpilogueVariant> variants = WantedVariants(context, attrs.epilogue);
  std::vector<Desc> descs;
  for (const EpilogueVariant& variant : variants) {
    descs.push_back(MakeDesc(context, attrs, a, b, variant));
  }
  const Layout dst = PlainLayout(out);
  for (std::size_t i = 0; i < variants.size(); ++i) {
    context.For(variants[i].output);
    std::vector<PrimitiveArgument> arguments{{DNNL_ARG_SRC, context.Input(0, a, a), a},
                                             {DNNL_ARG_WEIGHTS, context.Input(1, b, b), b}};
    int operation = 0;
    if (attrs.has_bias) {
      const Layout c = BiasLayout(context);
      arguments.push_back({DNNL_ARG_ATTR_MULTIPLE_POST_OP(operation++) | DNNL_ARG_SRC_1,
                           context.Input(2, c, c), c});
    }
    if (variants[i].residual) {
      arguments.push_back({DNNL_ARG_ATTR_MULTIPLE_POST_OP(operation) | DNNL_ARG_SRC_1,
                           context.Input(context.inputs() - 1, dst), dst});
    }
    arguments.push_back({DNNL_ARG_DST, context.Output(variants[i].output, dst), dst});
    context.Add(dnnl::matmul(descs[i]), descs[i], std::move(arguments));
  }
}

}  // namespace

const Kernel kMatMulKernel{"onednn matmul", MatMulApplicable, BuildMatMul};
const Kernel kGemmKernel{"onednn matmul of two matrices", GemmApplicable, BuildGemm};

}  // namespace vigil::cpu::onednn
