// The mean or the maximum of each plane on lanes (common/lanes.glsl). An invocation does one plane.
#version 450

#include "params/global_pool.h"
layout(push_constant) uniform Push { GlobalPoolParams p; };

#include "common/grid.glsl"
#include "common/storage.glsl"

layout(constant_id = 4) const uint kMaximum = 0;

layout(set = 0, binding = 0) uniform samplerBuffer src;  // a float a texel
WRITE_BUFFER(1, float, dst)

void main() {
  const uint plane = InvocationIndex();
  if (plane >= p.planes) return;
  float value = kMaximum != 0 ? uintBitsToFloat(0xff800000u) : 0.0;  // minus infinity
  int index = int(plane * p.plane);
  for (uint i = 0; i < p.plane; ++i) {
    const float x = texelFetch(src, index).x;
    value = kMaximum == 0 ? value + x : (x > value ? x : value);
    ++index;
  }
  dst.data[plane] = kMaximum != 0 ? value : value / float(p.plane);
}
