// Real numbers to bytes, q = saturate(round(x / scale) + zero_point). An invocation makes one word:
// four channels of one place.
#version 450

#include "params/quantize.h"
layout(push_constant) uniform Push { QuantizeParams p; };

#include "common/bytes.glsl"
#include "common/grid.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, float, src)
READ_BUFFER(1, uvec2, constants)  // scale and zero point, once or for each channel
WRITE_BUFFER(2, uint, dst)

void main() {
  const uint i = InvocationIndex();
  if (i >= p.work) return;
  const uint place = i % p.plane;
  const uint block = i / p.plane % p.channel_words;
  const uint sample_index = i / (p.plane * p.channel_words);
  uint word = 0;
  for (uint lane = 0; lane < 4; ++lane) {
    const uint channel = block * 4 + lane;
    if (channel >= p.channels) break;
    const uvec2 scale = constants.data[p.per_channel != 0 ? channel : 0];
    const float x = src.data[(sample_index * p.channels + channel) * p.plane + place];
    float steps = roundEven(x / uintBitsToFloat(scale.x));
    if (isnan(steps)) steps = 0.0;
    const int q = int(clamp(steps, -65536.0, 65536.0)) + int(scale.y);
    word = WithByte(word, lane, clamp(q, p.low, p.high));
  }
  dst.data[i] = word;
}
