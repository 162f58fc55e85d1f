// The kernels that need no arithmetic of any library.
#include <array>

#include "engine/base/half.h"
#include "engine/cpu/program/node_context.h"
#include "engine/ops/copies.h"
#include "engine/ops/resize_plan.h"

namespace vigil::cpu::VIGIL_CPU_ARITHMETIC {
namespace {

struct Descs {
  std::vector<TensorDesc> in, out;
};

Descs DescsOf(const NodeContext& context) {
  Descs descs;
  for (int i = 0; i < context.inputs(); ++i) descs.in.push_back(context.InputDesc(i));
  for (int i = 0; i < context.outputs(); ++i) descs.out.push_back(context.OutputDesc(i));
  return descs;
}

// Empty for a node that does more than copy.
OperandCopies CopiesOfNode(const NodeContext& context) {
  const Descs descs = DescsOf(context);
  return CopiesOf(context.any_attrs(), descs.in, descs.out);
}

OpCost CostOfNode(const NodeContext& context) {
  const Descs descs = DescsOf(context);
  return OpOf(context.any_attrs()).cost(context.any_attrs(), descs.in, descs.out);
}

}  // namespace

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
  const OpCost cost = CostOfNode(context);
  context.builder().CountPlain(cost.flops + cost.bytes / static_cast<std::int64_t>(sizeof(float)));
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
         context.attrs<SqueezeAttrs>() || context.attrs<UnsqueezeAttrs>() ||
         (unary && Copies(*unary));
}

void BuildRename(NodeContext& context) {
  // Elements keep their order only in the plain layout, unless dimensions stay too.
  const bool same = context.InputShape(0) == context.OutputShape(0);
  const Layout from = same ? context.InputLayout(0) : PlainLayout(context.InputShape(0));
  context.AliasOutput(0, context.Input(0, from), same ? from : PlainLayout(context.OutputShape(0)));
}

bool IsCopies(const NodeContext& context) { return !CopiesOfNode(context).empty(); }

void BuildCopies(NodeContext& context) {
  std::vector<SlotId> from, to;
  for (int i = 0; i < context.inputs(); ++i) {
    from.push_back(context.Input(i, PlainLayout(context.InputDesc(i))));
  }
  for (int i = 0; i < context.outputs(); ++i) {
    to.push_back(context.Output(i, PlainLayout(context.OutputDesc(i))));
  }
  std::vector<SlotId> uses = from;
  uses.insert(uses.end(), to.begin(), to.end());
  const std::size_t bytes = DTypeBytes(context.OutputDesc(0).dtype);
  context.builder().AddFunction(
      [copies = CopiesOfNode(context), from, to, bytes](SlotPointers slots) {
        for (const OperandCopy& copy : copies) {
          RunCopy(copy.copy, bytes, slots[static_cast<std::size_t>(from[copy.input])],
                  slots[static_cast<std::size_t>(to[copy.output])]);
        }
      },
      uses);
}

bool IsResize(const NodeContext& context) { return context.attrs<ResizeAttrs>() != nullptr; }

void BuildResize(NodeContext& context) {
  const Shape &in = context.InputShape(0), &out = context.OutputShape(0);
  const SlotId from = context.Input(0, PlainLayout(in));
  const SlotId to = context.Output(0, PlainLayout(out));
  context.builder().AddFunction(
      [runner = ResizeRunner(*context.attrs<ResizeAttrs>(), in, out), from,
       to](SlotPointers slots) mutable {
        runner.Run(reinterpret_cast<const float*>(slots[static_cast<std::size_t>(from)]),
                   reinterpret_cast<float*>(slots[static_cast<std::size_t>(to)]));
      },
      std::array{from, to});
}

bool IsHalfRound(const NodeContext& context) { return context.attrs<HalfRoundAttrs>() != nullptr; }

void BuildHalfRound(NodeContext& context) {
  // Every element by itself, and blocks' padding with them: any layout will do.
  const Layout layout = context.InputLayout(0);
  const SlotId from = context.Input(0, layout), to = context.Output(0, layout);
  const std::size_t elements = layout.get_size() / sizeof(float);
  context.builder().AddFunction(
      [from, to, elements](SlotPointers slots) {
        const auto* x = reinterpret_cast<const float*>(slots[static_cast<std::size_t>(from)]);
        auto* y = reinterpret_cast<float*>(slots[static_cast<std::size_t>(to)]);
        for (std::size_t i = 0; i < elements; ++i) y[i] = RoundToHalf(x[i]);
      },
      std::array{from, to});
}

bool BuildOtherType(NodeContext& context) {
  bool all = true;
  for (int i = 0; i < context.inputs(); ++i) {
    all = all && context.InputDesc(i).dtype == DType::kFloat32;
  }
  for (int i = 0; i < context.outputs(); ++i) {
    all = all && context.OutputDesc(i).dtype == DType::kFloat32;
  }
  if (all) return false;
  if (IsCopies(context)) {
    BuildCopies(context);
  } else {
    BuildReference(context);
  }
  return true;
}

}  // namespace vigil::cpu::VIGIL_CPU_ARITHMETIC
