// A tap as binary16, rounded to nearest even and clamped to +-65504 in integers, since packHalf2x16
// may round as the device likes. An invocation makes one word, two elements.
#version 450

#include "params/encode.h"
layout(push_constant) uniform Push { EncodeParams p; };

#include "common/grid.glsl"
#include "common/storage.glsl"

READ_BUFFER(0, STORAGE, src)
WRITE_BUFFER(1, uint, words)

uint HalfBits(float value) {
  const uint bits = floatBitsToUint(value);
  const uint sign = bits >> 16 & 0x8000u;
  const uint magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return sign | 0x7e00u;   // NaN
  if (magnitude >= 0x477fe000u) return sign | 0x7bffu;  // 65504 and above
  if (magnitude < 0x33000000u) return sign;             // below half the least subnormal
  uint mantissa = magnitude & 0x7fffffu;
  uint shift = 13;
  uint result = magnitude - 0x38000000u >> 13;
  if (magnitude < 0x38800000u) {  // subnormal in half
    mantissa |= 0x800000u;
    shift = 126 - (magnitude >> 23);
    result = mantissa >> shift;
  }
  const uint rest = mantissa & (1u << shift) - 1;
  const uint middle = 1u << shift - 1;
  if (rest > middle || rest == middle && (result & 1u) != 0) ++result;
  return sign | result;
}

void main() {
  const uint i = InvocationIndex();
  if (i >= p.samples * p.sample_words) return;
  const uint element = i % p.sample_words * 2;
  const uint base = i / p.sample_words * p.sample_elements;
  uint word = HalfBits(LOAD(src, base + element));
  if (element + 1 < p.sample_elements) word |= HalfBits(LOAD(src, base + element + 1)) << 16;
  words.data[i] = word;
}
