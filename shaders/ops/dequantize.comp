// Bytes or int32 to real numbers, (q - zero_point) * scale. An invocation does one element.
#version 450

#include "params/quantize.h"
layout(push_constant) uniform Push { QuantizeParams p; };

#include "common/grid.glsl"
#include "common/storage.glsl"

layout(constant_id = 4) const uint kSource = 0;  // 0: int32, 1: int8, 2: uint8

READ_BUFFER(0, uint, src)
READ_BUFFER(1, uvec2, constants)  // scale and zero point, once or for each channel
WRITE_BUFFER(2, float, dst)

void main() {
  const uint i = InvocationIndex();
  if (i >= p.work) return;
  const uint channel = i / p.plane % p.channels;
  const uvec2 scale = constants.data[p.per_channel != 0 ? channel : 0];
  int value = 0;
  if (kSource == 0) {
    value = int(src.data[i]);
  } else {
    const uint sample_index = i / (p.plane * p.channels);
    const uint word =
        src.data[(sample_index * p.channel_words + channel / 4) * p.plane + i % p.plane];
    const int offset = int(channel % 4 * 8);
    value = kSource == 1 ? bitfieldExtract(int(word), offset, 8)
                         : int(bitfieldExtract(word, offset, 8));
  }
  dst.data[i] = float(value - int(scale.y)) * uintBitsToFloat(scale.x);
}
