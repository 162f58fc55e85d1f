// float32 to float16 or back: FROM and STORAGE are the types. An invocation does one element.
#version 450

#include "params/unary.h"
layout(push_constant) uniform Push { UnaryParams p; };

#include "common/grid.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, FROM, src)
WRITE_BUFFER(1, STORAGE, dst)

void main() {
  const uint i = InvocationIndex();
  if (i >= p.elements) return;
  STORE(dst, i, LOAD(src, i));
}
