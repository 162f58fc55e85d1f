// Unary and binary operators in the layout that their input already has.
#include <utility>

#include "engine/cpu/onednn/fusion.h"
#include "engine/cpu/onednn/kernels.h"

namespace vigil::cpu::onednn {
namespace {

// The operator as oneDNN's functions one after the other; none where it has not the exact function
// (its logarithm is off by 3e-6, its soft_relu far below zero by a
// hundredth of the value).
std::vector<Eltwise> FunctionsOf(const UnaryAttrs& attrs) {
  using dnnl::algorithm;
  switch (attrs.kind) {
    case UnaryKind::kSelu:
      return {{algorithm::eltwise_elu, attrs.alpha}, {algorithm::eltwise_linear, attrs.beta}};
    case UnaryKind::kExp:
      return {{algorithm::eltwise_exp}};
    case UnaryKind::kSqrt:
      return {{algorithm::eltwise_sqrt}};
    case UnaryKind::kNeg:
      return {{algorithm::eltwise_linear, -1.0f}};
    case UnaryKind::kAbs:
      return {{algorithm::eltwise_abs}};
    case UnaryKind::kReciprocal:
      return {{algorithm::eltwise_pow, 1.0f, -1.0f}};
    case UnaryKind::kGelu:
      return {{algorithm::eltwise_gelu_erf}};
    case UnaryKind::kGeluTanh:
      return {{algorithm::eltwise_gelu_tanh}};
    default:
      return EltwisesOf(ActivationOf(attrs));
  }
}

bool UnaryApplicable(const KernelContext& context) {
  const UnaryAttrs* attrs = context.attrs<UnaryAttrs>();
  return attrs && !FunctionsOf(*attrs).empty();
}

// One step a function: the first reads the input, the others work in place.
void AddEltwises(KernelContext& context, const std::vector<Eltwise>& eltwises) {
  const Layout layout = context.InputLayout(0);
  std::vector<dnnl::eltwise_forward::primitive_desc> descs;
  for (const Eltwise& eltwise : eltwises) {
    descs.emplace_back(
        dnnl::eltwise_forward::desc(dnnl::prop_kind::forward_inference, eltwise.algorithm, layout,
                                    eltwise.alpha, eltwise.beta),
        MakeAttr(), context.engine());
  }
  SlotId src = context.Input(0, layout);
  const SlotId dst = context.Output(0, layout);
  for (const auto& desc : descs) {
    context.Add(dnnl::eltwise_forward(desc), desc,
                {{DNNL_ARG_SRC, std::exchange(src, dst), layout}, {DNNL_ARG_DST, dst, layout}});
  }
}

void BuildUnary(KernelContext& context) {
  AddEltwises(context, FunctionsOf(*context.attrs<UnaryAttrs>()));
}

// Pow with one constant exponent, and PRelu, have primitives of their own; neither fuses.
bool PowApplicable(const KernelContext& context) {
  const BinaryAttrs* attrs = context.attrs<BinaryAttrs>();
  return attrs && attrs->kind == BinaryKind::kPow && attrs->epilogue == Epilogue{} &&
         context.Constant(1) && context.InputShape(1).elements() == 1 &&
         context.InputShape(0) == context.OutputShape(0);
}

void BuildPow(KernelContext& context) {
  AddEltwises(context, {{dnnl::algorithm::eltwise_pow, 1.0f, context.Constant(1)->as<float>()[0]}});
}

dnnl::algorithm AlgorithmOf(BinaryKind kind) {
  using dnnl::algorithm;
  switch (kind) {
    case BinaryKind::kAdd:
      return algorithm::binary_add;
    case BinaryKind::kMul:
      return algorithm::binary_mul;
    case BinaryKind::kSub:
      return algorithm::binary_sub;
    case BinaryKind::kDiv:
      return algorithm::binary_div;
    case BinaryKind::kMin:
      return algorithm::binary_min;
    case BinaryKind::kMax:
      return algorithm::binary_max;
    default:
      return algorithm::undef;
  }
}

bool Commutes(BinaryKind kind) { return kind != BinaryKind::kSub && kind != BinaryKind::kDiv; }

// The input that is as large as the output comes first, where the operation lets it: -1 where not.
int LargeInput(const KernelContext& context) {
  if (context.InputShape(0) == context.OutputShape(0)) return 0;
  const bool second = context.InputShape(1) == context.OutputShape(0);
  return second && Commutes(context.attrs<BinaryAttrs>()->kind) ? 1 : -1;
}

bool BinaryApplicable(const KernelContext& context) {
  const BinaryAttrs* attrs = context.attrs<BinaryAttrs>();
  return attrs && AlgorithmOf(attrs->kind) != dnnl::algorithm::undef && LargeInput(context) >= 0;
}

// The smaller input's dimensions, with ones in front up to the output's rank.
dnnl::memory::dims AlignedDims(const KernelContext& context, int input) {
  dnnl::memory::dims dims = DimsOf(context.InputShape(input));
  const dnnl::memory::dims out = DimsOf(context.OutputShape(0));
  dims.insert(dims.begin(), out.size() - dims.size(), 1);
  return dims;
}

void BuildBinary(KernelContext& context) {
  const BinaryAttrs& attrs = *context.attrs<BinaryAttrs>();
  int large = LargeInput(context), small = 1 - large;
  const bool equal = context.InputShape(0) == context.InputShape(1);
  if (equal && context.Constant(large) && Commutes(attrs.kind)) std::swap(large, small);
  const Layout layout = equal ? context.InputLayout(large) : PlainLayout(context.OutputShape(0));
  const Layout second = equal ? layout : PlainLayout(AlignedDims(context, small));
  const dnnl::algorithm algorithm = AlgorithmOf(attrs.kind);
  std::vector<dnnl::binary::primitive_desc> descs;
  const std::vector<EpilogueVariant> variants = WantedVariants(context, attrs.epilogue);
  for (const EpilogueVariant& variant : variants) {
    dnnl::post_ops operations;
    AppendActivation(operations, variant.activation);
    descs.emplace_back(dnnl::binary::desc(algorithm, layout, second, layout), MakeAttr(operations),
                       context.engine());
  }
  for (std::size_t i = 0; i < variants.size(); ++i) {
    context.For(variants[i].output);
    const SlotId src = context.Input(large, layout);
    const SlotId other =
        equal ? context.Input(small, second) : context.Input(small, second, second);
    std::vector<PrimitiveArgument> arguments{
        {DNNL_ARG_SRC_0, src, layout},
        {DNNL_ARG_SRC_1, other, second},
        {DNNL_ARG_DST, context.Output(variants[i].output, layout), layout}};
    context.Add(dnnl::binary(descs[i]), descs[i], std::move(arguments));
  }
}

bool PReluApplicable(const KernelContext& context) {
  const BinaryAttrs* attrs = context.attrs<BinaryAttrs>();
  return attrs && attrs->kind == BinaryKind::kPRelu && attrs->epilogue == Epilogue{};
}

void BuildPRelu(KernelContext& context) {
  const Layout layout = context.InputLayout(0);
  const Layout slope = PlainLayout(AlignedDims(context, 1));
  const dnnl::prelu_forward::primitive_desc desc(
      {dnnl::prop_kind::forward_inference, layout, slope}, MakeAttr(), context.engine());
  std::vector<PrimitiveArgument> arguments{
      {DNNL_ARG_SRC, context.Input(0, layout), layout},
      {DNNL_ARG_WEIGHTS, context.Input(1, slope, slope), slope},
      {DNNL_ARG_DST, context.Output(0, layout), layout}};
  context.Add(dnnl::prelu_forward(desc), desc, std::move(arguments));
}

}  // namespace

const Kernel kPowKernel{"onednn eltwise power", PowApplicable, BuildPow};
const Kernel kPReluKernel{"onednn prelu", PReluApplicable, BuildPRelu};
const Kernel kUnaryKernel{"onednn eltwise", UnaryApplicable, BuildUnary};
const Kernel kBinaryKernel{"onednn binary", BinaryApplicable, BuildBinary};

}  // namespace vigil::cpu::onednn
