#include "engine/cpu/native/kernel.h"

#include <array>

#include "engine/cpu/native/kernels.h"
#include "engine/cpu/program/arithmetic.h"

namespace vigil::cpu::native {
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

// By the first that will; false where none does.
bool BuildBy(std::span<const Kernel> table, KernelContext& context) {
  for (const Kernel& kernel : table) {
    if (!kernel.applicable(context)) continue;
    kernel.build(context);
    return true;
  }
  return false;
}

}  // namespace

std::span<const Kernel> KernelTable() {
  static const std::array table{
      kDepthwiseKernel,    kWinogradKernel, kConvKernel,      kConvTransposeKernel,
      kInnerProductKernel, kMatMulKernel,   kPoolKernel,      kGlobalPoolKernel,
      kUnaryKernel,        kBinaryKernel,   kBatchNormKernel, kConcatKernel,
      kSoftmaxKernel,      kRenameKernel,   kPadKernel,       kTransposeKernel,
      kCopiesKernel,       kResizeKernel,   kHalfRoundKernel, kReferenceKernel,
  };
  return table;
}

std::span<const Kernel> ByteKernelTable() {
  static const std::array table{
      kByteDepthwiseKernel, kByteConvKernel,   kByteInnerProductKernel,
      kQuantizeKernel,      kDequantizeKernel,
  };
  return table;
}

void BuildNode(ProgramBuilder& builder, const Node& node, int index,
               std::span<const std::uint8_t> needed_by_outputs,
               std::span<const std::uint8_t> needed_at_all) {
  KernelContext context(builder, node, index, needed_by_outputs, needed_at_all);
  context.For(0);
  if (BuildBy(ByteKernelTable(), context) || BuildOtherType(context)) return;
  BuildBy(KernelTable(), context);
}

}  // namespace vigil::cpu::native
