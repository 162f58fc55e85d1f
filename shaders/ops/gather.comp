// Picks along one dimension by constant indices, which the host made 0 or more. An invocation does
// one element of the output.
#version 450

#include "params/gather.h"
layout(push_constant) uniform Push { GatherParams p; };

#include "common/grid.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, STORAGE, src)
READ_BUFFER(1, uint, indices)
WRITE_BUFFER(2, STORAGE, dst)

void main() {
  const uint i = InvocationIndex();
  if (i >= p.elements) return;
  const uint block = i / p.inner;
  const uint from = block / p.count * p.size + indices.data[block % p.count];
  STORE(dst, i, LOAD(src, from * p.inner + i % p.inner));
}
