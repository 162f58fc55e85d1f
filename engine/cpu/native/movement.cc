// Operators that move elements of plain values.
#include <algorithm>

#include "engine/cpu/native/finish.h"
#include "engine/cpu/native/kernels.h"
#include "engine/ops/iterate.h"

namespace vigil::cpu::native {
namespace {

// Floats from one index of dimension `axis` to the next, in a plain value.
std::int64_t StrideOf(const Shape& shape, int axis) { return shape.ElementsFrom(axis + 1); }

// y[walk] = x[walk], element by element of `shape`, over strides from a first element.
void AddCopy(KernelContext& context, SlotId x, SlotId y, const Shape& shape, const Strides& from,
             const Strides& to, std::int64_t to_first) {
  const auto last = static_cast<std::size_t>(std::max(0, shape.rank() - 1));
  const std::int64_t length = shape.rank() > 0 ? shape[shape.rank() - 1] : 1;
  context.builder().AddFunction(
      [=](SlotPointers slots) {
        const float* source = FloatsAt(slots, x);
        float* target = FloatsAt(slots, y) + to_first;
        ForEachRow<2>(shape, {from, to}, [&](std::int64_t, const auto& offsets) {
          const float* a = source + offsets[0];
          float* b = target + offsets[1];
          for (std::int64_t i = 0; i < length; ++i) b[i * to[last]] = a[i * from[last]];
        });
      },
      std::array{x, y});
}

bool TransposeApplicable(const KernelContext& context) {
  return context.attrs<TransposeAttrs>() && context.InputShape(0).rank() > 0;
}

void BuildTranspose(KernelContext& context) {
  const TransposeAttrs& attrs = *context.attrs<TransposeAttrs>();
  const Shape &in = context.InputShape(0), &out = context.OutputShape(0);
  Strides from{}, to{};
  for (int i = 0; i < out.rank(); ++i) {
    const auto dim = static_cast<std::size_t>(i);
    from[dim] = StrideOf(in, static_cast<int>(attrs.perm[dim]));
    to[dim] = StrideOf(out, i);
  }
  const SlotId x = context.Input(0, PlainLayout(in)), y = context.Output(0, PlainLayout(out));
  AddCopy(context, x, y, out, from, to, 0);
}

bool PadApplicable(const KernelContext& context) {
  const PadAttrs* attrs = context.attrs<PadAttrs>();
  return attrs && attrs->mode == PadMode::kConstant &&
         std::ranges::all_of(attrs->pads, [](std::int64_t pad) { return pad >= 0; }) &&
         context.InputShape(0).rank() > 0;
}

void BuildPad(KernelContext& context) {
  const PadAttrs& attrs = *context.attrs<PadAttrs>();
  const Shape &in = context.InputShape(0), &out = context.OutputShape(0);
  Strides from{}, to{};
  std::int64_t first = 0;
  for (int i = 0; i < in.rank(); ++i) {
    const auto dim = static_cast<std::size_t>(i);
    from[dim] = StrideOf(in, i);
    to[dim] = StrideOf(out, i);
    first += attrs.pads[dim] * to[dim];
  }
  const SlotId x = context.Input(0, PlainLayout(in)), y = context.Output(0, PlainLayout(out));
  context.builder().AddFunction(
      [y, elements = out.elements(), value = attrs.value](SlotPointers slots) {
        std::fill_n(FloatsAt(slots, y), elements, value);
      },
      std::array{y});
  AddCopy(context, x, y, in, from, to, first);
}

}  // namespace

const Kernel kTransposeKernel{"own transpose", TransposeApplicable, BuildTranspose};
const Kernel kPadKernel{"fill and copy", PadApplicable, BuildPad};

}  // namespace vigil::cpu::native
