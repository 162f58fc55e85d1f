// For devices that run the invocations of a subgroup as the lanes of a processor's vectors
// (DevicePlan::lanes). There a load from a storage buffer is a loop over the lanes with a check of
// bounds each, whatever the address; a fetch from a texel buffer is not, and a shuffle by a constant
// is one instruction. So tensors are read as texels, and what all lanes need is read once, one value
// a lane, and handed around. A "unit" is what a subgroup computes.
#ifndef VIGIL_SHADERS_COMMON_LANES_GLSL_
#define VIGIL_SHADERS_COMMON_LANES_GLSL_

#include "common/activation.glsl"
#include "common/grid.glsl"

// Specialization constant THIRD_ID says what binding 2 is: 0 not used, 1 the residual, 2 a tap where the flags say so. Known when the
// pipeline is made, since such a device computes both sides of a branch.
#ifdef THIRD_ID
layout(constant_id = THIRD_ID) const uint kThird = 0;
#endif

#define FETCH_BUFFER(slot, name) layout(set = 0, binding = slot) uniform samplerBuffer name;

// n / d for n below 2^24: integer division would be done lane by lane.
uint Quotient(uint n, uint d) {
  const int quotient = int(float(int(n)) / float(int(d)));
  const int rest = int(n) - quotient * int(d);
  return uint(quotient + int(rest >= int(d)) - int(rest < 0));
}

// Of shaders that shuffle alone.
#define UNIT_INDEX (WorkgroupIndex() * gl_NumSubgroups + gl_SubgroupID)

#endif
