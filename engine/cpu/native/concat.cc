// Concat: runs of memory, one after the other.
#include <algorithm>
#include <cstring>

#include "engine/cpu/native/finish.h"
#include "engine/cpu/native/kernels.h"

namespace vigil::cpu::native {
namespace {

bool Applicable(const KernelContext& context) { return context.attrs<ConcatAttrs>() != nullptr; }

// Along channels of blocked values, where no block of the output would mix two inputs.
bool StaysBlocked(const KernelContext& context, std::int64_t axis) {
  if (axis != 1 || context.OutputShape(0).rank() != 4) return false;
  for (int i = 0; i < context.inputs(); ++i) {
    const bool last = i + 1 == context.inputs();
    if (!context.InputLayout(i).blocked()) return false;
    if (!last && context.InputShape(i)[1] % kLanes != 0) return false;
  }
  return true;
}

struct Run {
  SlotId slot;
  std::size_t bytes, offset;  // of one run, and where it begins in the output's
};

void Build(KernelContext& context) {
  const auto axis = static_cast<int>(context.attrs<ConcatAttrs>()->axis);
  const bool blocked = StaysBlocked(context, axis);
  const auto layout = [&](const Shape& shape) {
    return blocked ? BlockedLayout(shape) : PlainLayout(shape);
  };
  const Shape& shape = context.OutputShape(0);
  const std::int64_t tail = shape.ElementsFrom(axis);
  const std::int64_t runs = tail > 0 ? shape.elements() / tail : 0;
  std::vector<Run> parts;
  std::vector<SlotId> uses;
  std::size_t stride = 0;
  for (int i = 0; i < context.inputs(); ++i) {
    const Layout from = layout(context.InputShape(i));
    const std::size_t bytes = runs > 0 ? from.get_size() / static_cast<std::size_t>(runs) : 0;
    parts.push_back({context.Input(i, from), bytes, stride});
    uses.push_back(parts.back().slot);
    stride += bytes;
  }
  const SlotId y = context.Output(0, layout(shape));
  uses.push_back(y);
  context.builder().AddFunction(
      [=](SlotPointers slots) {
        for (const Run& part : parts) {
          const std::byte* from = slots[static_cast<std::size_t>(part.slot)];
          std::byte* to = slots[static_cast<std::size_t>(y)] + part.offset;
          for (std::int64_t run = 0; run < runs; ++run, from += part.bytes, to += stride) {
            std::memcpy(to, from, part.bytes);
          }
        }
      },
      uses);
}

}  // namespace

const Kernel kConcatKernel{"own concat", Applicable, Build};

}  // namespace vigil::cpu::native
