// exp(x - max) / sum along an axis, or its logarithm. A workgroup does one row, in three passes over it.
#version 450

#include "params/softmax.h"
layout(push_constant) uniform Push { SoftmaxParams p; };

#include "common/grid.glsl"
#include "common/reduce.glsl"
#include "common/storage.glsl"

layout(constant_id = 4) const uint kLog = 0;

READ_BUFFER(0, STORAGE, src)
WRITE_BUFFER(1, STORAGE, dst)

DEFINE_REDUCTION(ReduceMax, y > x ? y : x)
DEFINE_REDUCTION(ReduceSum, x + y)

void main() {
  const uint row = WorkgroupIndex();
  if (row >= p.rows) return;
  const uint base = row / p.inner * p.axis_length * p.inner + row % p.inner;

  float high = uintBitsToFloat(0xff800000u);  // minus infinity
  for (uint i = gl_LocalInvocationID.x; i < p.axis_length; i += gl_WorkGroupSize.x) {
    high = max(high, LOAD(src, base + i * p.inner));
  }
  high = ReduceMax(high);

  float sum = 0.0;
  for (uint i = gl_LocalInvocationID.x; i < p.axis_length; i += gl_WorkGroupSize.x) {
    sum += exp(LOAD(src, base + i * p.inner) - high);
  }
  sum = ReduceSum(sum);

  const float log_sum = log(sum);
  for (uint i = gl_LocalInvocationID.x; i < p.axis_length; i += gl_WorkGroupSize.x) {
    const float x = LOAD(src, base + i * p.inner) - high;
    STORE(dst, base + i * p.inner, kLog != 0 ? x - log_sum : exp(x) / sum);
  }
}
