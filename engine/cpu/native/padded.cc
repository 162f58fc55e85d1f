#include "engine/cpu/native/padded.h"

#include <algorithm>

namespace vigil::cpu::native {
namespace {

// One plane of `from` into one of `to`, which begin at `x` and `y`.
void PadPlane(const Layout& from, const Layout& to, const std::array<std::int64_t, 4>& pads,
              float value, const float* x, float* y) {
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

}  // namespace

PaddedImage AddPadding(KernelContext& context, const std::array<std::int64_t, 4>& pads,
                       float value) {
  const Layout from = context.InputLayout(0);
  const SlotId source = context.Input(0, from);
  if (std::ranges::all_of(pads, [](std::int64_t pad) { return pad == 0; })) return {source, from};
  const Shape& shape = from.shape;
  const Layout to{from.form, Shape{shape[0], shape[1], shape[2] + pads[0] + pads[2],
                                   shape[3] + pads[1] + pads[3]}};
  const SlotId padded = context.builder().Scratch(to.get_size());
  context.builder().AddFunction(
      [=, &team = context.team()](SlotPointers slots) {
        const float* x = FloatsAt(slots, source);
        float* y = FloatsAt(slots, padded);
        team.ForEach(from.shape[0] * from.Planes(), [&](std::int64_t plane) {
          PadPlane(from, to, pads, value, x + plane * from.PlaneStride(),
                   y + plane * to.PlaneStride());
        });
      },
      std::array{source, padded});
  return {padded, to};
}

}  // namespace vigil::cpu::native
