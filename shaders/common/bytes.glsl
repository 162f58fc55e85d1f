// Eight-bit tensors: four channels of one place a word, [sample][channel / 4][place], the first
// channel in the lowest byte.
#ifndef VIGIL_SHADERS_COMMON_BYTES_GLSL_
#define VIGIL_SHADERS_COMMON_BYTES_GLSL_

int SignedByte(uint word, uint lane) { return bitfieldExtract(int(word), int(lane * 8), 8); }

uint WithByte(uint word, uint lane, int value) {
  return bitfieldInsert(word, uint(value), int(lane * 8), 8);
}

// The sum of the products of four signed bytes, exact.
#ifdef DOT_PRODUCT
int Dot4(uint a, uint b) { return PackedDot(a, b, 0); }
#else
int Dot4(uint a, uint b) {
  return SignedByte(a, 0) * SignedByte(b, 0) + SignedByte(a, 1) * SignedByte(b, 1) +
         SignedByte(a, 2) * SignedByte(b, 2) + SignedByte(a, 3) * SignedByte(b, 3);
}
#endif

#endif
