// Reductions over a workgroup, by halving in shared memory. REQUIRES: local size x is a power of
// two, at most 256; called by all invocations.
#ifndef VIGIL_SHADERS_COMMON_REDUCE_GLSL_
#define VIGIL_SHADERS_COMMON_REDUCE_GLSL_

shared float reduce_scratch[256];

#define DEFINE_REDUCTION(Name, combine)                                 \
  float Name(float value) {                                             \
    const uint lane = gl_LocalInvocationID.x;                           \
    barrier();                                                          \
    reduce_scratch[lane] = value;                                       \
    barrier();                                                          \
    for (uint half_size = gl_WorkGroupSize.x / 2; half_size > 0; half_size /= 2) { \
      if (lane < half_size) {                                           \
        const float x = reduce_scratch[lane];                           \
        const float y = reduce_scratch[lane + half_size];               \
        reduce_scratch[lane] = combine;                                 \
      }                                                                 \
      barrier();                                                        \
    }                                                                   \
    return reduce_scratch[0];                                           \
  }

#endif
