// What a kernel family sees of the program that is being built, and the ordered table of families.
#ifndef VIGIL_ENGINE_CPU_NATIVE_KERNEL_H_
#define VIGIL_ENGINE_CPU_NATIVE_KERNEL_H_

#include <string_view>

#include "engine/cpu/native/instruction_set.h"
#include "engine/cpu/program/node_context.h"

namespace vigil::cpu::native {

class KernelContext : public NodeContext {
 public:
  using NodeContext::NodeContext;

  Team& team() { return builder().team(); }
  const VectorKernels& vectors() const { return ChosenKernels(); }
  const ByteKernels& bytes() const { return ChosenByteKernels(); }
};

// One way to run some nodes: `build` adds steps for a node for which `applicable` holds.
struct Kernel {
  std::string_view name;
  bool (*applicable)(const KernelContext&);
  void (*build)(KernelContext&);
};

// Best first; the last row takes every node. Those of bytes come before, and leave nodes over.
std::span<const Kernel> KernelTable();
std::span<const Kernel> ByteKernelTable();

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_KERNEL_H_
