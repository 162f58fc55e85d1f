// The kernels that need no arithmetic of any library.
#include "engine/cpu/node_context.h"

namespace vigil::cpu {

void BuildReference(NodeContext& context) {
  std::vector<SlotId> slots;
  std::vector<ConstTensorView> inputs;
  for (int i = 0; i < context.inputs(); ++i) {
    slots.push_back(context.Input(i, PlainLayout(context.InputDesc(i))));
    inputs.push_back({context.InputDesc(i), nullptr});
  }
  std::vector<TensorView> outputs;
  for (int i = 0; i < context.outputs(); ++i) {
    slots.push_back(context.Output(i, PlainLayout(context.OutputDesc(i))));
    outputs.push_back({context.OutputDesc(i), nullptr});
  }
  context.builder().AddFunction(
      [attrs = context.any_attrs(), slots, inputs, outputs](SlotPointers pointers) mutable {
        const auto pointer = [&](std::size_t i) {
          return pointers[static_cast<std::size_t>(slots[i])];
        };
        for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i].data = pointer(i);
        for (std::size_t i = 0; i < outputs.size(); ++i) {
          outputs[i].data = pointer(inputs.size() + i);
        }
        OpOf(attrs).reference(attrs, inputs, outputs);
      },
      slots);
}

bool IsRename(const NodeContext& context) {
  const UnaryAttrs* unary = context.attrs<UnaryAttrs>();
  return context.attrs<FlattenAttrs>() || context.attrs<ReshapeAttrs>() ||
         (unary && Copies(*unary));
}

void BuildRename(NodeContext& context) {
  // Elements keep their order only in the plain layout, unless dimensions stay too.
  const bool same = context.InputShape(0) == context.OutputShape(0);
  const Layout from = same ? context.InputLayout(0) : PlainLayout(context.InputShape(0));
  context.AliasOutput(0, context.Input(0, from), same ? from : PlainLayout(context.OutputShape(0)));
}

}  // namespace vigil::cpu
