// Copies between strided views: Transpose, Concat (a dispatch an input), Slice, Split, Expand and
// the like. An invocation does one element.
#version 450

#include "params/copy.h"
layout(push_constant) uniform Push { CopyParams p; };

#include "common/grid.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, STORAGE, src)
WRITE_BUFFER(1, STORAGE, dst)

void main() {
  const uint i = InvocationIndex();
  if (i >= p.elements) return;
  uint rest = i;
  uint from = p.from_start;
  uint to = p.to_start;
  for (int axis = int(p.rank) - 1; axis >= 0; --axis) {
    const uint at = rest % p.dims[axis];
    rest /= p.dims[axis];
    from += at * p.from_steps[axis];
    to += at * p.to_steps[axis];
  }
  STORE(dst, to, LOAD(src, from));
}
