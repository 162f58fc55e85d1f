// The mean or the maximum of each plane. A workgroup does one plane.
#version 450

#include "params/global_pool.h"
layout(push_constant) uniform Push { GlobalPoolParams p; };

#include "common/grid.glsl"
#include "common/reduce.glsl"
#include "common/storage.glsl"

layout(constant_id = 4) const uint kMaximum = 0;

READ_BUFFER(0, STORAGE, src)
WRITE_BUFFER(1, STORAGE, dst)

DEFINE_REDUCTION(ReduceSum, x + y)
DEFINE_REDUCTION(ReduceMax, y > x ? y : x)

void main() {
  const uint plane = WorkgroupIndex();
  if (plane >= p.planes) return;
  float value = kMaximum != 0 ? uintBitsToFloat(0xff800000u) : 0.0;  // minus infinity
  for (uint i = gl_LocalInvocationID.x; i < p.plane; i += gl_WorkGroupSize.x) {
    const float x = LOAD(src, plane * p.plane + i);
    value = kMaximum == 0 ? value + x : (x > value ? x : value);
  }
  if (kMaximum != 0) {
    value = ReduceMax(value);
  } else {
    value = ReduceSum(value) / float(p.plane);
  }
  if (gl_LocalInvocationID.x == 0) STORE(dst, plane, value);
}
