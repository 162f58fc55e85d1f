// Operators that move elements.
#include <algorithm>
#include <array>

#include "engine/cpu/onednn/kernels.h"
#include "engine/cpu/program/arithmetic.h"

namespace vigil::cpu::onednn {
namespace {

bool TransposeApplicable(const KernelContext& context) {
  return context.attrs<TransposeAttrs>() != nullptr;
}

void BuildTranspose(KernelContext& context) {
  const TransposeAttrs& attrs = *context.attrs<TransposeAttrs>();
  const Layout from = PlainLayout(context.InputShape(0));
  const auto rank = attrs.perm.size();
  // The output's dimensions over the input's memory: a reorder then does the work.
  dnnl::memory::dims dims(rank), strides(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    const auto source = static_cast<int>(attrs.perm[i]);
    dims[i] = context.InputShape(0)[source];
    strides[i] = context.InputShape(0).ElementsFrom(source + 1);
  }
  const Layout seen(dims, dnnl::memory::data_type::f32, strides);
  const Layout to = PlainLayout(context.OutputShape(0));
  const SlotId source = context.Input(0, from);
  AddReorder(context.builder(), source, seen, context.Output(0, to), to);
}

bool PadApplicable(const KernelContext& context) {
  const PadAttrs* attrs = context.attrs<PadAttrs>();
  return attrs && attrs->mode == PadMode::kConstant &&
         std::ranges::all_of(attrs->pads, [](std::int64_t pad) { return pad >= 0; }) &&
         context.InputShape(0).rank() > 0;
}

void BuildPad(KernelContext& context) {
  const PadAttrs& attrs = *context.attrs<PadAttrs>();
  const Layout from = PlainLayout(context.InputShape(0));
  const Layout to = PlainLayout(context.OutputShape(0));
  const dnnl::memory::dims begin(attrs.pads.begin(),
                                 attrs.pads.begin() + context.InputShape(0).rank());
  const Layout inside = to.submemory_desc(from.dims(), begin);
  const SlotId source = context.Input(0, from);
  const SlotId output = context.Output(0, to);
  const auto elements = static_cast<std::size_t>(context.OutputShape(0).elements());
  context.builder().AddFunction(
      [output, elements, value = attrs.value](SlotPointers slots) {
        auto* data = reinterpret_cast<float*>(slots[static_cast<std::size_t>(output)]);
        std::fill(data, data + elements, value);
      },
      std::array{output});
  AddReorder(context.builder(), source, from, output, inside);
}

}  // namespace

const Kernel kTransposeKernel{"onednn reorder", TransposeApplicable, BuildTranspose};
const Kernel kPadKernel{"fill and onednn reorder", PadApplicable, BuildPad};

}  // namespace vigil::cpu::onednn
