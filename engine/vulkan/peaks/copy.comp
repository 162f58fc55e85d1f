// Four floats an invocation from one buffer to another; read as texels with FETCH.
#version 450

layout(local_size_x = 64) in;

#ifdef FETCH
layout(set = 0, binding = 0) uniform samplerBuffer from;
#define READ(index) texelFetch(from, int(index))
#else
layout(std430, set = 0, binding = 0) restrict readonly buffer From { vec4 data[]; } from;
#define READ(index) from.data[index]
#endif
layout(std430, set = 0, binding = 1) restrict writeonly buffer To { vec4 data[]; } to;
layout(push_constant) uniform Push { uint count; } push;  // of vectors

void main() {
  const uint index =
      (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * 64 + gl_LocalInvocationID.x;
  if (index < push.count) to.data[index] = READ(index);
}
