// One node of the graph while it is compiled: what a kernel family sees of it and of the program.
#ifndef VIGIL_ENGINE_CPU_PROGRAM_NODE_CONTEXT_H_
#define VIGIL_ENGINE_CPU_PROGRAM_NODE_CONTEXT_H_

#include <span>
#include <string>

#include "engine/cpu/program/program_builder.h"

namespace vigil::cpu::VIGIL_CPU_ARITHMETIC {

class NodeContext {
 public:
  NodeContext(ProgramBuilder& builder, const Node& node, int index,
              std::span<const std::uint8_t> needed_by_outputs,
              std::span<const std::uint8_t> needed_at_all);

  template <typename Attrs>
  const Attrs* attrs() const {
    return std::get_if<Attrs>(&node_.attrs);
  }
  const Node& node() const { return node_; }
  const OpAttrs& any_attrs() const { return node_.attrs; }
  std::string Description() const;  // "node 'x' (Conv)", for messages
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
  // Whether an output of the graph depends on this output; otherwise it serves taps alone. The
  // first is computed whenever any of them is needed without taps.
  bool NeededWithoutTaps(int output) const;
  // Steps added from now on serve this output (and are left out of a run that does not need it).
  void For(int output) { builder_.Begin(index_, !NeededWithoutTaps(output)); }

  SlotId Input(int i, const Layout& want, const Layout& as = Layout()) {
    return builder_.Get(InputId(i), want, as);
  }
  SlotId Output(int i, const Layout& layout) { return builder_.Produce(OutputId(i), layout); }
  void AliasOutput(int i, SlotId slot, const Layout& layout) {
    builder_.Alias(OutputId(i), slot, layout);
  }

  ProgramBuilder& builder() { return builder_; }

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

// What every arithmetic shares. The last row of each table: any node, by the operator's own
// reference.
void BuildReference(NodeContext& context);
// Flatten, Reshape, Squeeze, Unsqueeze, Identity, Dropout: no work at all.
bool IsRename(const NodeContext& context);
void BuildRename(NodeContext& context);
// What only copies elements (ops/copies.h), of any type: copies that are planned beforehand.
bool IsCopies(const NodeContext& context);
void BuildCopies(NodeContext& context);
// Resize with tables that are made beforehand.
bool IsResize(const NodeContext& context);
void BuildResize(NodeContext& context);

// HalfRound, in the layout that the input already has.
bool IsHalfRound(const NodeContext& context);
void BuildHalfRound(NodeContext& context);

// Tables are of float32 alone. A node that touches values of another type runs by its copies or its
// reference; false where it touches none.
bool BuildOtherType(NodeContext& context);

}  // namespace vigil::cpu::VIGIL_CPU_ARITHMETIC

#endif  // VIGIL_ENGINE_CPU_PROGRAM_NODE_CONTEXT_H_
