// Resizes along two dimensions by tables that the host made (engine/ops/resize_plan.h): for each
// output element of a dimension its taps, each an index and the bits of a weight. An invocation does
// one element of the output.
#version 450

#include "params/resize.h"
layout(push_constant) uniform Push { ResizeParams p; };

#include "common/grid.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, STORAGE, src)
READ_BUFFER(1, uint, table)
WRITE_BUFFER(2, STORAGE, dst)

void main() {
  const uint i = InvocationIndex();
  if (i >= p.elements) return;
  uint rest = i;
  const uint inner = rest % p.inner;
  rest /= p.inner;
  const uint b = p.b_table + rest % p.b_out * p.b_taps * 2;
  rest /= p.b_out;
  const uint middle = rest % p.middle;
  rest /= p.middle;
  const uint a = rest % p.a_out * p.a_taps * 2;
  const uint outer = rest / p.a_out;
  float value = p.extrapolation;
  if (table.data[a] != RESIZE_OUTSIDE && table.data[b] != RESIZE_OUTSIDE) {
    value = 0.0;
    for (uint s = 0; s < p.a_taps; ++s) {
      const uint row = (outer * p.a_in + table.data[a + 2 * s]) * p.middle + middle;
      float part = 0.0;
      for (uint t = 0; t < p.b_taps; ++t) {
        const uint column = row * p.b_in + table.data[b + 2 * t];
        part += uintBitsToFloat(table.data[b + 2 * t + 1]) * LOAD(src, column * p.inner + inner);
      }
      value += uintBitsToFloat(table.data[a + 2 * s + 1]) * part;
    }
  }
  STORE(dst, i, value);
}
