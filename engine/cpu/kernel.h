// What a kernel family sees of the program that is being built, and the ordered table of families.
#ifndef VIGIL_ENGINE_CPU_KERNEL_H_
#define VIGIL_ENGINE_CPU_KERNEL_H_

#include <span>
#include <string_view>
#include <vector>

#include "engine/cpu/program_builder.h"

namespace vigil::cpu {

// One node of the graph, while it is compiled.
class KernelContext {
 public:
  KernelContext(ProgramBuilder& builder, const Node& node, int index,
                std::span<const std::uint8_t> needed_by_outputs,
                std::span<const std::uint8_t> needed_at_all);

  template <typename Attrs>
  const Attrs* attrs() const {
    return std::get_if<Attrs>(&node_.attrs);
  }
  const OpAttrs& any_attrs() const { return node_.attrs; }
  int inputs() const { return static_cast<int>(node_.inputs.size()); }
  int outputs() const { return static_cast<int>(node_.outputs.size()); }
  const Shape& InputShape(int i) const { return input(i).desc.shape; }
  const Shape& OutputShape(int i) const { return output(i).desc.shape; }
  const TensorDesc& InputDesc(int i) const { return input(i).desc; }
  const TensorDesc& OutputDesc(int i) const { return output(i).desc; }
  // Null where the input is no constant.
  const Tensor* Constant(int i) const { return input(i).constant.get(); }
  const Layout& InputLayout(int i) const { return builder_.ProducedLayout(InputId(i)); }

  // Whether anybody reads this output: the first is always made, further ones only then.
  bool Wanted(int output) const;
  // Steps added from now on serve this output (and are left out of a run that does not need it).
  void For(int output);

  SlotId Input(int i, const Layout& want, const Layout& as = Layout()) {
    return builder_.Get(InputId(i), want, as);
  }
  SlotId Output(int i, const Layout& layout) { return builder_.Produce(OutputId(i), layout); }
  void AliasOutput(int i, SlotId slot, const Layout& layout) {
    builder_.Alias(OutputId(i), slot, layout);
  }
  // Adds the primitive, with scratch memory where it wants some.
  void Add(const dnnl::primitive& primitive, const dnnl::primitive_desc_base& desc,
           std::vector<PrimitiveArgument> arguments);

  ProgramBuilder& builder() { return builder_; }
  const dnnl::engine& engine() const { return builder_.engine(); }

 private:
  ValueId InputId(int i) const { return node_.inputs[static_cast<std::size_t>(i)]; }
  ValueId OutputId(int i) const { return node_.outputs[static_cast<std::size_t>(i)]; }
  const Value& input(int i) const { return builder_.graph().value(InputId(i)); }
  const Value& output(int i) const { return builder_.graph().value(OutputId(i)); }

  ProgramBuilder& builder_;
  const Node& node_;
  int index_;
  std::span<const std::uint8_t> needed_by_outputs_, needed_at_all_;  // by value
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

// Adds the node's steps by the first kernel that will. Throws Error that names the node.
void BuildNode(KernelContext& context, std::string_view node_name);

}  // namespace vigil::cpu

#endif  // VIGIL_ENGINE_CPU_KERNEL_H_
