// dst = (src - mean) * factor + bias, a channel's own. An invocation does one element.
#version 450

#include "params/batch_norm.h"
layout(push_constant) uniform Push { BatchNormParams p; };

#include "common/grid.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, STORAGE, src)
READ_BUFFER(1, float, constants)  // [channels] of (mean, factor, bias)
WRITE_BUFFER(2, STORAGE, dst)

void main() {
  const uint i = InvocationIndex();
  if (i >= p.elements) return;
  const uint c = i / p.plane % p.channels * 3;
  STORE(dst, i,
        (LOAD(src, i) - constants.data[c]) * constants.data[c + 1] + constants.data[c + 2]);
}
