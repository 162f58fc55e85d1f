// accumulator * multiplier / 2^shift to the nearest integer, ties to even, and saturation: what
// engine/ops/requantize.h defines, bit for bit, without integers of 64 bits. Needs a push-constant
// struct `p` with y_zero_point, low and high.
#ifndef VIGIL_SHADERS_COMMON_REQUANTIZE_GLSL_
#define VIGIL_SHADERS_COMMON_REQUANTIZE_GLSL_

int Requantize(int accumulator, int multiplier, uint shift) {
  // Below 2^32 the factor is half and more: beyond this everything saturates, and nothing overflows.
  if (shift < 32) accumulator = clamp(accumulator, -65536, 65536);
  int high_part;
  int low_signed;
  imulExtended(accumulator, multiplier, high_part, low_signed);
  const uint low_part = uint(low_signed);
  int whole;
  bool above;
  bool tie;
  if (shift >= 32) {
    const uint s = shift - 32;
    whole = high_part >> s;
    const uint rest = uint(high_part) & ((1u << s) - 1u);
    const uint middle_high = s > 0 ? 1u << (s - 1u) : 0u;
    const uint middle_low = s > 0 ? 0u : 0x80000000u;
    above = rest > middle_high || (rest == middle_high && low_part > middle_low);
    tie = rest == middle_high && low_part == middle_low;
  } else {
    whole = (high_part << (32u - shift)) | int(low_part >> shift);
    const uint rest = low_part & ((1u << shift) - 1u);
    const uint middle = 1u << (shift - 1u);
    above = rest > middle;
    tie = rest == middle;
  }
  if (above || (tie && (whole & 1) != 0)) ++whole;
  return clamp(whole + p.y_zero_point, p.low, p.high);
}

#endif
