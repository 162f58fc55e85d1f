// dst = activation(a + b) or activation(a * b), broadcast. An invocation does one element; where no
// dimension is broadcast (kSameShape) the index arithmetic falls away.
#version 450

#include "params/binary.h"
layout(push_constant) uniform Push { BinaryParams p; };

#include "common/activation.glsl"
#include "common/grid.glsl"
#include "common/storage.glsl"

layout(constant_id = 4) const uint kMultiply = 0;
layout(constant_id = 5) const uint kSameShape = 0;

READ_BUFFER(0, STORAGE, a)
READ_BUFFER(1, STORAGE, b)
WRITE_BUFFER(2, STORAGE, dst)

void main() {
  const uint i = InvocationIndex();
  if (i >= p.elements) return;
  uint a_index = i;
  uint b_index = i;
  if (kSameShape == 0) {
    a_index = 0;
    b_index = 0;
    uint rest = i;
    for (int axis = 5; axis >= 0; --axis) {
      const uint at = rest % p.dims[axis];
      rest /= p.dims[axis];
      a_index += at * p.a_strides[axis];
      b_index += at * p.b_strides[axis];
    }
  }
  const float x = LOAD(a, a_index);
  const float y = LOAD(b, b_index);
  STORE(dst, i, Activate(kMultiply != 0 ? x * y : x + y, p.low, p.high));
}
