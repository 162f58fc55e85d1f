// Reduces along some dimensions. A workgroup does one output: its invocations stride over the
// elements behind it and meet in shared memory. The sum of exponentials takes two passes, the first
// for the maximum.
#version 450

#include "params/reduce.h"
layout(push_constant) uniform Push { ReduceParams p; };

#include "common/grid.glsl"
#include "common/reduce.glsl"
#include "common/storage.glsl"

layout(constant_id = 4) const uint kKind = 0;  // vigil::ReduceKind

READ_BUFFER(0, STORAGE, src)
WRITE_BUFFER(1, STORAGE, dst)

DEFINE_REDUCTION(ReduceSum, x + y)
DEFINE_REDUCTION(ReduceMax, y > x ? y : x)
DEFINE_REDUCTION(ReduceMin, y < x ? y : x)
DEFINE_REDUCTION(ReduceProduct, x * y)

uint KeptOffset(uint rest) {
  uint index = 0;
  for (int axis = 5; axis >= 0; --axis) {
    index += rest % p.kept_dims[axis] * p.kept_strides[axis];
    rest /= p.kept_dims[axis];
  }
  return index;
}

uint GoneOffset(uint rest) {
  uint index = 0;
  for (int axis = 5; axis >= 0; --axis) {
    index += rest % p.gone_dims[axis] * p.gone_strides[axis];
    rest /= p.gone_dims[axis];
  }
  return index;
}

void main() {
  const uint o = WorkgroupIndex();
  if (o >= p.outputs) return;
  const uint base = KeptOffset(o);
  float high = uintBitsToFloat(0xff800000u);  // minus infinity
  if (kKind == 9) {
    for (uint i = gl_LocalInvocationID.x; i < p.count; i += gl_WorkGroupSize.x) {
      const float x = LOAD(src, base + GoneOffset(i));
      high = x > high ? x : high;
    }
    high = ReduceMax(high);
  }
  float value = 0.0;
  if (kKind == 2) value = high;
  if (kKind == 3) value = uintBitsToFloat(0x7f800000u);
  if (kKind == 4) value = 1.0;
  for (uint i = gl_LocalInvocationID.x; i < p.count; i += gl_WorkGroupSize.x) {
    const float x = LOAD(src, base + GoneOffset(i));
    if (kKind == 2) {
      value = x > value ? x : value;
    } else if (kKind == 3) {
      value = x < value ? x : value;
    } else if (kKind == 4) {
      value *= x;
    } else if (kKind == 5) {
      value += abs(x);
    } else if (kKind == 6 || kKind == 7) {
      value += x * x;
    } else if (kKind == 9) {
      value += exp(x - high);
    } else {
      value += x;
    }
  }
  if (kKind == 2) {
    value = ReduceMax(value);
  } else if (kKind == 3) {
    value = ReduceMin(value);
  } else if (kKind == 4) {
    value = ReduceProduct(value);
  } else {
    value = ReduceSum(value);
  }
  if (gl_LocalInvocationID.x != 0) return;
  if (kKind == 1) value /= float(p.count);
  if (kKind == 6) value = sqrt(value);
  if (kKind == 8) value = log(value);
  if (kKind == 9) value = isinf(high) ? high : high + log(value);
  STORE(dst, o, value);
}
