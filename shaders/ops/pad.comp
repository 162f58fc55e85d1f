// Pads with a constant. An invocation does one element of the output.
#version 450

#include "params/pad.h"
layout(push_constant) uniform Push { PadParams p; };

#include "common/grid.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, STORAGE, src)
WRITE_BUFFER(1, STORAGE, dst)

void main() {
  const uint i = InvocationIndex();
  if (i >= p.elements) return;
  uint rest = i;
  uint index = 0;
  uint stride = 1;
  bool inside = true;
  for (int axis = 5; axis >= 0; --axis) {
    const uint at = rest % p.dims[axis] - p.begins[axis];  // wraps below zero
    rest /= p.dims[axis];
    inside = inside && at < p.in_dims[axis];
    index += at * stride;
    stride *= p.in_dims[axis];
  }
  float value = p.value;
  if (inside) value = LOAD(src, index);
  STORE(dst, i, value);
}
