#include "engine/cpu/kernel.h"

#include <array>

#include "engine/base/text.h"
#include "engine/cpu/kernels.h"

namespace vigil::cpu {

KernelContext::KernelContext(ProgramBuilder& builder, const Node& node, int index,
                             std::span<const std::uint8_t> needed_by_outputs,
                             std::span<const std::uint8_t> needed_at_all)
    : builder_(builder),
      node_(node),
      index_(index),
      needed_by_outputs_(needed_by_outputs),
      needed_at_all_(needed_at_all) {}

bool KernelContext::Wanted(int output) const {
  return output == 0 || needed_at_all_[static_cast<std::size_t>(OutputId(output))];
}

void KernelContext::For(int output) {
  // The first output is computed whenever any of them is needed without taps.
  bool needed = needed_by_outputs_[static_cast<std::size_t>(OutputId(output))];
  if (output == 0) {
    for (const ValueId id : node_.outputs) {
      needed |= needed_by_outputs_[static_cast<std::size_t>(id)];
    }
  }
  builder_.Begin(index_, !needed);
}

void KernelContext::Add(const dnnl::primitive& primitive, const dnnl::primitive_desc_base& desc,
                        std::vector<PrimitiveArgument> arguments) {
  if (const Layout scratch = desc.scratchpad_desc(); scratch.get_size() > 0) {
    arguments.push_back({DNNL_ARG_SCRATCHPAD, builder_.Scratch(scratch.get_size()), scratch});
  }
  builder_.AddPrimitive(primitive, std::move(arguments));
}

std::span<const Kernel> KernelTable() {
  static const std::array table{
      kConvKernel,      kInnerProductKernel, kPoolKernel,     kGlobalPoolKernel, kUnaryKernel,
      kBinaryKernel,    kBatchNormKernel,    kConcatKernel,   kSoftmaxKernel,    kRenameKernel,
      kTransposeKernel, kPadKernel,          kReferenceKernel};
  return table;
}

void BuildNode(KernelContext& context, std::string_view node_name) {
  const std::string where = Text("node '", node_name, "' (", OpName(context.any_attrs()), ")");
  for (int i = 0; i < context.inputs(); ++i) {
    if (context.InputDesc(i).dtype != DType::kFloat32) {
      throw Error(Fault::kModel, ErrorCode::kUnsupported,
                  Text(where, ": input ", i, " is ", DTypeName(context.InputDesc(i).dtype),
                       ", the cpu backend computes in float32 only"));
    }
  }
  for (const Kernel& kernel : KernelTable()) {
    context.For(0);
    if (!kernel.applicable(context)) continue;
    try {
      kernel.build(context);
      return;
    } catch (const dnnl::error& error) {
      if (error.status != dnnl_unimplemented) throw FromDnnl(error, where);
    }
  }
}

}  // namespace vigil::cpu
