// The last row of the table: what no better kernel takes, by the operator's own reference.
#include "engine/cpu/kernels.h"

namespace vigil::cpu {
namespace {

bool Applicable(const KernelContext&) { return true; }

void Build(KernelContext& context) {
  std::vector<SlotId> slots;
  std::vector<ConstTensorView> inputs;
  for (int i = 0; i < context.inputs(); ++i) {
    slots.push_back(context.Input(i, PlainLayout(context.InputShape(i))));
    inputs.push_back({context.InputDesc(i), nullptr});
  }
  std::vector<TensorView> outputs;
  for (int i = 0; i < context.outputs(); ++i) {
    slots.push_back(context.Output(i, PlainLayout(context.OutputShape(i))));
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

}  // namespace

const Kernel kReferenceKernel{"reference", Applicable, Build};

}  // namespace vigil::cpu
