// Pooling where oneDNN's rules agree with ops/pool.h: every window holds at least one element, and
// an average that counts padding has no window that reaches beyond it.
#include "engine/cpu/onednn/fusion.h"
#include "engine/cpu/onednn/kernels.h"

namespace vigil::cpu::onednn {
namespace {

using dnnl::algorithm;
using dnnl::memory;
using Desc = dnnl::pooling_v2_forward::primitive_desc;

// End padding that makes oneDNN's output size ours: less than declared where the last window stops
// short, more where ceil_mode adds one.
std::int64_t EndPadding(const KernelContext& context, const PoolAttrs& attrs, std::size_t axis) {
  const int dimension = static_cast<int>(axis) + 2;
  const std::int64_t reach = attrs.dilations[axis] * (attrs.kernel[axis] - 1) + 1;
  return (context.OutputShape(0)[dimension] - 1) * attrs.strides[axis] + reach -
         context.InputShape(0)[dimension] - attrs.pads[axis];
}

bool Applicable(const KernelContext& context) {
  const PoolAttrs* attrs = context.attrs<PoolAttrs>();
  if (!attrs) return false;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t end = EndPadding(context, *attrs, axis);
    const bool dilated = attrs->dilations[axis] != 1;
    if (attrs->pads[axis] >= attrs->kernel[axis] || end >= attrs->kernel[axis]) return false;
    // A dilated window may step over a narrow image altogether.
    if (dilated && (attrs->kind == PoolKind::kAverage || attrs->pads[axis] > 0 || end > 0)) {
      return false;
    }
    if (attrs->count_include_pad && end > attrs->pads[axis + 2]) return false;
  }
  return true;
}

algorithm AlgorithmOf(const PoolAttrs& attrs) {
  if (attrs.kind == PoolKind::kMax) return algorithm::pooling_max;
  return attrs.count_include_pad ? algorithm::pooling_avg_include_padding
                                 : algorithm::pooling_avg_exclude_padding;
}

void Add(KernelContext& context, const Desc& desc) {
  std::vector<PrimitiveArgument> arguments{
      {DNNL_ARG_SRC, context.Input(0, desc.src_desc()), desc.src_desc()},
      {DNNL_ARG_DST, context.Output(0, desc.dst_desc()), desc.dst_desc()}};
  context.Add(dnnl::pooling_v2_forward(desc), desc, std::move(arguments));
}

void Build(KernelContext& context) {
  const PoolAttrs& attrs = *context.attrs<PoolAttrs>();
  Add(context, Desc({dnnl::prop_kind::forward_inference,
                     AlgorithmOf(attrs),
                     context.InputLayout(0),
                     AnyLayout(context.OutputShape(0)),
                     {attrs.strides[0], attrs.strides[1]},
                     {attrs.kernel[0], attrs.kernel[1]},
                     {attrs.dilations[0] - 1, attrs.dilations[1] - 1},
                     {attrs.pads[0], attrs.pads[1]},
                     {EndPadding(context, attrs, 0), EndPadding(context, attrs, 1)}},
                    MakeAttr(), context.engine()));
}

bool GlobalApplicable(const KernelContext& context) {
  return context.attrs<GlobalPoolAttrs>() != nullptr;
}

void BuildGlobal(KernelContext& context) {
  const bool maximum = context.attrs<GlobalPoolAttrs>()->kind == PoolKind::kMax;
  const memory::dims plane{context.InputShape(0)[2], context.InputShape(0)[3]};
  Add(context, Desc({dnnl::prop_kind::forward_inference,
                     maximum ? algorithm::pooling_max : algorithm::pooling_avg_exclude_padding,
                     context.InputLayout(0),
                     AnyLayout(context.OutputShape(0)),
                     {1, 1},
                     plane,
                     {0, 0},
                     {0, 0},
                     {0, 0}},
                    MakeAttr(), context.engine()));
}

}  // namespace

const Kernel kPoolKernel{"onednn pooling", Applicable, Build};
const Kernel kGlobalPoolKernel{"onednn pooling of the plane", GlobalApplicable, BuildGlobal};

}  // namespace vigil::cpu::onednn
