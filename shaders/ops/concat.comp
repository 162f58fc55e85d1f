// Copies one input of a Concat into its place. An invocation does one element of the input.
#version 450

#include "params/concat.h"
layout(push_constant) uniform Push { ConcatParams p; };

#include "common/grid.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, STORAGE, src)
WRITE_BUFFER(1, STORAGE, dst)

void main() {
  const uint i = InvocationIndex();
  if (i >= p.elements) return;
  STORE(dst, i / p.inner * p.out_inner + p.out_offset + i % p.inner, LOAD(src, i));
}
