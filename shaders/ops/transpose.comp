// Permutes dimensions. An invocation does one element of the output.
#version 450

#include "params/transpose.h"
layout(push_constant) uniform Push { TransposeParams p; };

#include "common/grid.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, STORAGE, src)
WRITE_BUFFER(1, STORAGE, dst)

void main() {
  const uint i = InvocationIndex();
  if (i >= p.elements) return;
  uint rest = i;
  uint index = 0;
  for (int axis = 5; axis >= 0; --axis) {
    index += rest % p.dims[axis] * p.in_strides[axis];
    rest /= p.dims[axis];
  }
  STORE(dst, i, LOAD(src, index));
}
