// The mean of each plane. A workgroup does one plane.
#version 450

#include "params/global_pool.h"
layout(push_constant) uniform Push { GlobalPoolParams p; };

#include "common/grid.glsl"
#include "common/reduce.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, STORAGE, src)
WRITE_BUFFER(1, STORAGE, dst)

DEFINE_REDUCTION(ReduceSum, x + y)

void main() {
  const uint plane = WorkgroupIndex();
  if (plane >= p.planes) return;
  float sum = 0.0;
  for (uint i = gl_LocalInvocationID.x; i < p.plane; i += gl_WorkGroupSize.x) {
    sum += LOAD(src, plane * p.plane + i);
  }
  sum = ReduceSum(sum);
  if (gl_LocalInvocationID.x == 0) STORE(dst, plane, sum / float(p.plane));
}
