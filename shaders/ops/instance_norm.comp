// (src - mean) / sqrt(variance + epsilon) * scale + bias, a plane's own. A workgroup does one plane,
// in three passes over it.
#version 450

#include "params/instance_norm.h"
layout(push_constant) uniform Push { InstanceNormParams p; };

#include "common/grid.glsl"
#include "common/reduce.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, STORAGE, src)
READ_BUFFER(1, STORAGE, scale)
READ_BUFFER(2, STORAGE, bias)
WRITE_BUFFER(3, STORAGE, dst)

DEFINE_REDUCTION(ReduceSum, x + y)

void main() {
  const uint index = WorkgroupIndex();
  if (index >= p.planes) return;
  const uint base = index * p.plane;

  float sum = 0.0;
  for (uint i = gl_LocalInvocationID.x; i < p.plane; i += gl_WorkGroupSize.x) {
    sum += LOAD(src, base + i);
  }
  const float mean = ReduceSum(sum) / float(p.plane);

  float squares = 0.0;
  for (uint i = gl_LocalInvocationID.x; i < p.plane; i += gl_WorkGroupSize.x) {
    const float centred = LOAD(src, base + i) - mean;
    squares += centred * centred;
  }
  const float variance = ReduceSum(squares) / float(p.plane);

  const uint channel = index % p.channels;
  const float factor = LOAD(scale, channel) / sqrt(variance + p.epsilon);
  const float offset = LOAD(bias, channel);
  for (uint i = gl_LocalInvocationID.x; i < p.plane; i += gl_WorkGroupSize.x) {
    STORE(dst, base + i, (LOAD(src, base + i) - mean) * factor + offset);
  }
}
