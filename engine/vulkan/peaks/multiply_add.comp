// Multiplications and additions in registers: 12 chains of them an invocation, none of which waits
// for another. What comes out is stored lest nothing be computed.
#version 450

layout(local_size_x = 64) in;

layout(std430, set = 0, binding = 0) restrict readonly buffer From { vec4 data[]; } from;
layout(std430, set = 0, binding = 1) restrict writeonly buffer To { float data[]; } to;
layout(push_constant) uniform Push { uint count; } push;  // steps

// Named one by one, so that all of them stay in registers, of which a processor may have 16.
#define EACH(DO) \
  DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
#define BEGIN(i) float c##i = from.data[i & 3].z + float(gl_LocalInvocationID.x + i);
#define STEP(i) c##i = c##i * a + b;
#define SUM(i) sum += c##i;

void main() {
  const float a = from.data[0].x, b = from.data[0].y;
  EACH(BEGIN)
  for (uint step = 0; step < push.count; ++step) {
    // Eight times, so that the loop itself is little beside them.
    EACH(STEP) EACH(STEP) EACH(STEP) EACH(STEP)
    EACH(STEP) EACH(STEP) EACH(STEP) EACH(STEP)
  }
  float sum = 0.0;
  EACH(SUM)
  to.data[gl_GlobalInvocationID.x] = sum;
}
