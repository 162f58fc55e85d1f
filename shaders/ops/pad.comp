// Pads with a constant, the mirror image, the edge, or the input again (which also tiles). An
// invocation does one element of the output.
#version 450

#include "params/pad.h"
layout(push_constant) uniform Push { PadParams p; };

#include "common/grid.glsl"
#include "common/storage.glsl"

// vigil::PadMode
layout(constant_id = 4) const uint kMode = 0;

READ_BUFFER(0, STORAGE, src)
WRITE_BUFFER(1, STORAGE, dst)

// The place modulo `period`, also of places before 0; `begin` is how far before 0 they reach.
uint Wrap(int place, uint begin, uint period) {
  return uint(place + int((begin / period + 1) * period)) % period;
}

// The place that stands for one outside [0, length).
uint Source(int place, uint begin, uint length) {
  if (kMode == 1) {
    if (length == 1) return 0;
    const uint within = Wrap(place, begin, 2 * (length - 1));
    return min(within, 2 * (length - 1) - within);
  }
  if (kMode == 2) return place < 0 ? 0 : length - 1;
  return Wrap(place, begin, length);
}

void main() {
  const uint i = InvocationIndex();
  if (i >= p.elements) return;
  uint rest = i;
  uint index = p.start;
  bool inside = true;
  for (int axis = 5; axis >= 0; --axis) {
    const int place = int(rest % p.dims[axis]) - int(p.begins[axis]);
    rest /= p.dims[axis];
    uint at = uint(place);  // wraps below zero
    if (at >= p.lengths[axis]) {
      inside = false;
      if (kMode != 0) at = Source(place, p.begins[axis], p.lengths[axis]);
    }
    index += at * p.in_steps[axis];
  }
  float value = p.value;
  if (inside || kMode != 0) value = LOAD(src, index);
  STORE(dst, i, value);
}
