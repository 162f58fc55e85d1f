// A tap as unsigned bytes, q = (value - offset) / scale, a channel's own; the scales and offsets
// stand in the output already (ops/encode_range.comp). An invocation makes one word, four elements,
// which may belong to different channels.
#version 450

#include "params/encode.h"
layout(push_constant) uniform Push { EncodeParams p; };

#include "common/grid.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, STORAGE, src)
READ_WRITE_BUFFER(1, uint, words)

void main() {
  const uint i = InvocationIndex();
  const uint header = p.channels * 2;
  const uint body = p.sample_words - header;
  if (i >= p.samples * body) return;
  const uint sample_index = i / body;
  const uint plane = p.sample_elements / p.channels;
  const uint first_word = sample_index * p.sample_words;
  uint word = 0;
  for (uint lane = 0; lane < 4; ++lane) {
    const uint element = i % body * 4 + lane;
    if (element >= p.sample_elements) break;
    const uint channel = first_word + element / plane * 2;
    const float scale = uintBitsToFloat(words.data[channel]);
    const float offset = uintBitsToFloat(words.data[channel + 1]);
    const float inverse = scale > 0.0 ? 1.0 / scale : 0.0;
    const float scaled = (LOAD(src, sample_index * p.sample_elements + element) - offset) * inverse;
    const uint q = scaled > 0.0 ? uint(min(scaled + 0.5, 255.0)) : 0;
    word |= q << lane * 8;
  }
  words.data[first_word + header + i % body] = word;
}
