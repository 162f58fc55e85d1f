// src / (bias + factor * s)^beta, s the sum of squares over the channels around. An invocation does
// one element.
#version 450

#include "params/lrn.h"
layout(push_constant) uniform Push { LrnParams p; };

#include "common/grid.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, STORAGE, src)
WRITE_BUFFER(1, STORAGE, dst)

void main() {
  const uint i = InvocationIndex();
  if (i >= p.elements) return;
  const uint channel = i / p.plane % p.channels;
  const uint first = channel - min(channel, p.before);
  const uint last = min(channel + p.behind, p.channels - 1);
  uint index = i - (channel - first) * p.plane;
  float sum = 0.0;
  for (uint c = first; c <= last; ++c) {
    const float value = LOAD(src, index);
    sum += value * value;
    index += p.plane;
  }
  STORE(dst, i, LOAD(src, i) / pow(p.bias + p.factor * sum, p.beta));
}
