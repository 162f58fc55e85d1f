// The scale and offset of each channel of each sample of a tap, for ops/encode_bytes.comp. A
// workgroup does one channel of one sample.
#version 450

#include "params/encode.h"
layout(push_constant) uniform Push { EncodeParams p; };

#include "common/grid.glsl"
#include "common/reduce.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, STORAGE, src)
WRITE_BUFFER(1, uint, words)

DEFINE_REDUCTION(ReduceMin, y < x ? y : x)
DEFINE_REDUCTION(ReduceMax, y > x ? y : x)

void main() {
  const uint index = WorkgroupIndex();
  if (index >= p.samples * p.channels) return;
  const uint plane = p.sample_elements / p.channels;
  float low = uintBitsToFloat(0x7f800000u);
  float high = uintBitsToFloat(0xff800000u);
  for (uint i = gl_LocalInvocationID.x; i < plane; i += gl_WorkGroupSize.x) {
    const float value = LOAD(src, index * plane + i);
    if (value < low) low = value;  // false for NaN, which leaves the range alone
    if (value > high) high = value;
  }
  low = ReduceMin(low);
  high = ReduceMax(high);
  if (gl_LocalInvocationID.x != 0) return;
  if (!(low <= high)) {
    low = 0.0;
    high = 0.0;
  }
  const uint at = index / p.channels * p.sample_words + index % p.channels * 2;
  words.data[at] = floatBitsToUint((high - low) / 255.0);
  words.data[at + 1] = floatBitsToUint(low);
}
