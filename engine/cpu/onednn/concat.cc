// Concat of values as they lie, where all are blocked alike; else in the plain layout.
#include "engine/cpu/onednn/fusion.h"
#include "engine/cpu/onednn/kernels.h"

namespace vigil::cpu::onednn {
namespace {

bool Applicable(const KernelContext& context) { return context.attrs<ConcatAttrs>() != nullptr; }

void Build(KernelContext& context) {
  const auto axis = static_cast<int>(context.attrs<ConcatAttrs>()->axis);
  bool any_plain = false;
  for (int i = 0; i < context.inputs(); ++i) {
    any_plain |= context.InputLayout(i) == PlainLayout(context.InputShape(i));
  }
  std::vector<Layout> layouts;
  for (int i = 0; i < context.inputs(); ++i) {
    layouts.push_back(any_plain ? PlainLayout(context.InputShape(i)) : context.InputLayout(i));
  }
  // oneDNN chooses the output's layout to suit the inputs'.
  const dnnl::concat::primitive_desc desc(axis, layouts, context.engine(), MakeAttr());
  std::vector<PrimitiveArgument> arguments;
  for (int i = 0; i < context.inputs(); ++i) {
    const Layout& layout = layouts[static_cast<std::size_t>(i)];
    arguments.push_back({DNNL_ARG_MULTIPLE_SRC + i, context.Input(i, layout), layout});
  }
  arguments.push_back({DNNL_ARG_DST, context.Output(0, desc.dst_desc()), desc.dst_desc()});
  context.Add(dnnl::concat(desc), desc, std::move(arguments));
}

}  // namespace

const Kernel kConcatKernel{"onednn concat", Applicable, Build};

}  // namespace vigil::cpu::onednn
