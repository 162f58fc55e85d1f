#include "engine/cpu/onednn/kernel.h"

#include <array>

#include "engine/cpu/onednn/kernels.h"
#include "engine/cpu/program/arithmetic.h"

namespace vigil::cpu::onednn {
namespace {

constexpr Kernel kRenameKernel{"rename",
                               [](const KernelContext& context) { return IsRename(context); },
                               [](KernelContext& context) { BuildRename(context); }};
constexpr Kernel kCopiesKernel{"strided copies",
                               [](const KernelContext& context) { return IsCopies(context); },
                               [](KernelContext& context) { BuildCopies(context); }};
constexpr Kernel kResizeKernel{"resize with tables",
                               [](const KernelContext& context) { return IsResize(context); },
                               [](KernelContext& context) { BuildResize(context); }};
constexpr Kernel kHalfRoundKernel{"half round",
                                  [](const KernelContext& context) { return IsHalfRound(context); },
                                  [](KernelContext& context) { BuildHalfRound(context); }};
constexpr Kernel kReferenceKernel{"reference", [](const KernelContext&) { return true; },
                                  [](KernelContext& context) { BuildReference(context); }};

}  // namespace

void KernelContext::Add(const dnnl::primitive& primitive, const dnnl::primitive_desc_base& desc,
                        std::vector<PrimitiveArgument> arguments) {
  if (const Layout scratch = desc.scratchpad_desc(); scratch.get_size() > 0) {
    arguments.push_back({DNNL_ARG_SCRATCHPAD, builder().Scratch(scratch.get_size()), scratch});
  }
  std::vector<SlotId> uses;
  for (const PrimitiveArgument& argument : arguments) uses.push_back(argument.slot);
  builder().AddStep(std::make_unique<PrimitiveStep>(primitive, std::move(arguments)), uses);
}

std::span<const Kernel> KernelTable() {
  static const std::array table{
      kConvKernel,      kInnerProductKernel, kGemmKernel,       kMatMulKernel, kConvTransposeKernel,
      kReduceKernel,    kPoolKernel,         kGlobalPoolKernel, kUnaryKernel,  kPowKernel,
      kPReluKernel,     kBinaryKernel,       kBatchNormKernel,  kConcatKernel, kSoftmaxKernel,
      kRenameKernel,    kTransposeKernel,    kPadKernel,        kCopiesKernel, kResizeKernel,
      kHalfRoundKernel, kReferenceKernel};
  return table;
}

void BuildNode(ProgramBuilder& builder, const Node& node, int index,
               std::span<const std::uint8_t> needed_by_outputs,
               std::span<const std::uint8_t> needed_at_all) {
  KernelContext context(builder, node, index, needed_by_outputs, needed_at_all);
  context.For(0);
  if (BuildOtherType(context)) return;
  for (const Kernel& kernel : KernelTable()) {
    context.For(0);
    if (!kernel.applicable(context)) continue;
    try {
      kernel.build(context);
      return;
    } catch (const dnnl::error& error) {
      if (error.status != dnnl_unimplemented) throw FromDnnl(error, context.Description());
    }
  }
}

}  // namespace vigil::cpu::onednn
