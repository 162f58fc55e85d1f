// What a kernel family sees of the program that is being built, and the ordered table of families.
#ifndef VIGIL_ENGINE_CPU_ONEDNN_KERNEL_H_
#define VIGIL_ENGINE_CPU_ONEDNN_KERNEL_H_

#include <string_view>
#include <vector>

#include "engine/cpu/onednn/primitive_step.h"
#include "engine/cpu/program/node_context.h"

namespace vigil::cpu::onednn {

class KernelContext : public NodeContext {
 public:
  using NodeContext::NodeContext;

  // Adds the primitive, with scratch memory where it wants some.
  void Add(const dnnl::primitive& primitive, const dnnl::primitive_desc_base& desc,
           std::vector<PrimitiveArgument> arguments);

  const dnnl::engine& engine() const { return DnnlEngine(); }
};

// One way to run some nodes. `build` adds steps for a node for which `applicable` holds; it asks
// oneDNN for everything before it adds the first, so that a primitive which oneDNN has not (an
// exception with status unimplemented) leaves the node to the next row of the table.
struct Kernel {
  std::string_view name;
  bool (*applicable)(const KernelContext&);
  void (*build)(KernelContext&);
};

// Best first; the last row takes every node.
std::span<const Kernel> KernelTable();

}  // namespace vigil::cpu::onednn

#endif  // VIGIL_ENGINE_CPU_ONEDNN_KERNEL_H_
