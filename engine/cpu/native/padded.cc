#include "engine/cpu/native/padded.h"

#include <algorithm>

namespace vigil::cpu::native {
namespace {

// One plane of `from` into one of `to`, which begin at `x` and `y`.
template <typename T>
void PadPlane(const Layout& from, const Layout& to, const std::array<std::int64_t, 4>& pads,
              T value, const T* x, T* y) {
  const std::int64_t unit = from.PixelStride();
  const std::int64_t line = from.shape[3] * unit, padded_line = to.shape[3] * unit;
  y = std::fill_n(y, pads[0] * padded_line, value);
  for (std::int64_t row = 0; row < from.shape[2]; ++row) {
    y = std::fill_n(y, pads[1] * unit, value);
    y = std::copy_n(x, line, y);
    y = std::fill_n(y, pads[3] * unit, value);
    x += line;
  }
  std::fill_n(y, pads[2] * padded_line, value);
}

template <typename T>
PaddedImage Pad(KernelContext& context, SlotId source, const Layout& from,
                const std::array<std::int64_t, 4>& pads, T value) {
  if (std::ranges::all_of(pads, [](std::int64_t pad) { return pad == 0; })) return {source, from};
  const Shape& shape = from.shape;
  Layout to = from;
  to.shape = Shape{shape[0], shape[1], shape[2] + pads[0] + pads[2], shape[3] + pads[1] + pads[3]};
  const SlotId padded = context.builder().Scratch(to.get_size());
  context.builder().AddFunction(
      [=, &team = context.team()](SlotPointers slots) {
        const T* x = ElementsAt<T>(slots, source);
        T* y = ElementsAt<T>(slots, padded);
        team.ForEach(from.shape[0] * from.Planes(), [&](std::int64_t plane) {
          PadPlane(from, to, pads, value, x + plane * from.PlaneStride(),
                   y + plane * to.PlaneStride());
        });
      },
      std::array{source, padded});
  return {padded, to};
}

}  // namespace

PaddedImage AddPadding(KernelContext& context, const std::array<std::int64_t, 4>& pads,
                       float value) {
  const Layout layout = context.InputLayout(0);
  return Pad(context, context.Input(0, layout), layout, pads, value);
}

PaddedImage AddBytePadding(KernelContext& context, const std::array<std::int64_t, 4>& pads,
                           std::uint8_t value) {
  const Layout layout = ByteLayout(context.InputDesc(0));
  return Pad(context, context.Input(0, layout), layout, pads, value);
}

}  // namespace vigil::cpu::native
