// dst = activation(src); without an activation, a copy. An invocation does one element.
#version 450

#include "params/unary.h"
layout(push_constant) uniform Push { UnaryParams p; };

#include "common/activation.glsl"
#include "common/grid.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, STORAGE, src)
WRITE_BUFFER(1, STORAGE, dst)

void main() {
  const uint i = InvocationIndex();
  if (i >= p.elements) return;
  STORE(dst, i, Activate(LOAD(src, i), p.low, p.high));
}
