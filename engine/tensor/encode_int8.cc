// Works on tiles of 256 values, whatever the number of lanes, with loops of that fixed length,
// which compilers make vectors of. This file is compiled with -O3 and without the contraction of a
// product and a sum into one rounding, which would give some processors other bits.
#include "engine/tensor/encode_int8.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace vigil {
namespace {

constexpr std::size_t kTile = 256;
constexpr std::size_t kTilesAtOnce = 4;  // in the search for the range

using Bytes = std::uint8_t __attribute__((vector_size(16)));

// One value a lane, repeated over a tile.
struct alignas(64) Pattern {
  float at[kTile];
};

// Comparisons with NaN are false, so NaN is passed over.
[[gnu::always_inline]] inline void Widen(float x, float& low, float& high) {
  low = x < low ? x : low;
  high = x > high ? x : high;
}

[[gnu::always_inline]] inline void WidenRange(const float* x, std::size_t count, Pattern& low,
                                              Pattern& high) {
  static_assert(kTilesAtOnce == 4);
  for (; count >= 4 * kTile; count -= 4 * kTile, x += 4 * kTile) {
    for (std::size_t i = 0; i < kTile; ++i) {
      float least = low.at[i], greatest = high.at[i];
      Widen(x[i], least, greatest);
      Widen(x[i + kTile], least, greatest);
      Widen(x[i + 2 * kTile], least, greatest);
      Widen(x[i + 3 * kTile], least, greatest);
      low.at[i] = least;
      high.at[i] = greatest;
    }
  }
  for (; count >= kTile; count -= kTile, x += kTile) {
    for (std::size_t i = 0; i < kTile; ++i) Widen(x[i], low.at[i], high.at[i]);
  }
  for (std::size_t i = 0; i < count; ++i) Widen(x[i], low.at[i], high.at[i]);
}

// Pixels of the block without what lies between their lanes.
template <std::size_t kLanes>
[[gnu::always_inline]] inline void Pack(const Int8Block& block, std::size_t first,
                                        std::size_t pixels, float* packed) {
  const float* x = block.x + first * block.stride;
  if (block.channels == static_cast<int>(kLanes)) {
    for (std::size_t p = 0; p < pixels; ++p, x += block.stride, packed += kLanes) {
      std::memcpy(packed, x, kLanes * sizeof(float));
    }
    return;
  }
  const std::size_t bytes = static_cast<std::size_t>(block.channels) * sizeof(float);
  for (std::size_t p = 0; p < pixels; ++p, x += block.stride, packed += kLanes) {
    std::memcpy(packed, x, bytes);
  }
}

// Folds the ranges into those of the lanes, writes the headers, and leaves each lane's offset and
// the inverse of its scale all over the tile.
template <std::size_t kLanes>
[[gnu::always_inline]] inline void MakeScales(const Int8Block& block, Pattern& low, Pattern& high) {
  for (std::size_t half = kTile / 2; half >= kLanes; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) {
      low.at[i] = std::min(low.at[i], low.at[i + half]);
      high.at[i] = std::max(high.at[i], high.at[i + half]);
    }
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    // Which of two zeros came out lowest depends on the order of the search, so there is one zero.
    float offset = low.at[lane] + 0.0f, greatest = high.at[lane] + 0.0f;
    if (!(offset <= greatest)) offset = greatest = 0.0f;
    const float scale = (greatest - offset) / 255.0f;
    if (lane < static_cast<std::size_t>(block.channels)) {
      const float header[2] = {scale, offset};
      std::memcpy(block.header + lane * sizeof(header), header, sizeof(header));
    }
    low.at[lane] = offset;
    high.at[lane] = scale > 0.0f ? 1.0f / scale : 0.0f;
  }
  for (std::size_t done = kLanes; done < kTile; done *= 2) {
    std::copy_n(low.at, done, low.at + done);
    std::copy_n(high.at, done, high.at + done);
  }
}

[[gnu::always_inline]] inline void Quantise(const float* x, const Pattern& offset,
                                            const Pattern& inverse, std::uint8_t* bytes) {
  for (std::size_t i = 0; i < kTile; ++i) {
    float rounded = (x[i] - offset.at[i]) * inverse.at[i] + 0.5f;
    rounded = rounded > 0.0f ? rounded : 0.0f;  // NaN becomes 0
    rounded = rounded < 255.0f ? rounded : 255.0f;
    bytes[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(rounded));
  }
}

// Pixel by lane becomes lane by pixel. A byte's place in the tile is 8 bits, those of the pixel
// before those of the lane; each round moves the first bit to the end.
template <std::size_t kLanes>
[[gnu::always_inline]] inline void Transpose(std::uint8_t* bytes) {
  constexpr int kRounds = std::countr_zero(kTile / kLanes) % 8;
  if constexpr (kRounds > 0) {
    Bytes from[16], to[16];
    std::memcpy(from, bytes, kTile);
    for (int round = 0; round < kRounds; ++round) {
      for (std::size_t i = 0; i < 8; ++i) {
        to[2 * i] = __builtin_shufflevector(from[i], from[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20,
                                            5, 21, 6, 22, 7, 23);
        to[2 * i + 1] = __builtin_shufflevector(from[i], from[i + 8], 8, 24, 9, 25, 10, 26, 11, 27,
                                                12, 28, 13, 29, 14, 30, 15, 31);
      }
      std::memcpy(from, to, kTile);
    }
    std::memcpy(bytes, from, kTile);
  }
}

template <std::size_t kLanes>
[[gnu::always_inline]] inline void EncodeBlock(const Int8Block& block) {
  constexpr std::size_t kPixels = kTile / kLanes;
  const bool packed = block.stride == kLanes;
  alignas(64) float copy[kTilesAtOnce * kTile] = {};
  Pattern low, high;
  std::fill_n(low.at, kTile, INFINITY);
  std::fill_n(high.at, kTile, -INFINITY);
  if (packed) {
    WidenRange(block.x, block.pixels * kLanes, low, high);
  } else {
    std::size_t pixels = 0;
    for (std::size_t first = 0; first < block.pixels; first += pixels) {
      pixels = std::min(kTilesAtOnce * kPixels, block.pixels - first);
      Pack<kLanes>(block, first, pixels, copy);
      WidenRange(copy, pixels * kLanes, low, high);
    }
  }
  MakeScales<kLanes>(block, low, high);
  const Pattern &offset = low, &inverse = high;

  alignas(64) std::uint8_t bytes[kTile];
  const auto channels = static_cast<std::size_t>(block.channels);
  std::size_t pixel = 0;
  for (; pixel + kPixels <= block.pixels; pixel += kPixels) {
    if (!packed) Pack<kLanes>(block, pixel, kPixels, copy);
    Quantise(packed ? block.x + pixel * kLanes : copy, offset, inverse, bytes);
    Transpose<kLanes>(bytes);
    for (std::size_t c = 0; c < channels; ++c) {
      std::memcpy(block.encoded + c * block.pixels + pixel, bytes + c * kPixels, kPixels);
    }
  }
  const std::size_t left = block.pixels - pixel;
  if (left == 0) return;
  Pack<kLanes>(block, pixel, left, copy);
  Quantise(copy, offset, inverse, bytes);
  Transpose<kLanes>(bytes);
  for (std::size_t c = 0; c < channels; ++c) {
    std::memcpy(block.encoded + c * block.pixels + pixel, bytes + c * kPixels, left);
  }
}

template <std::size_t kLanes>
void EncodeBaseline(const Int8Block& block) {
  EncodeBlock<kLanes>(block);
}

constexpr Int8Encoder kBaseline{"baseline", EncodeBaseline<1>, EncodeBaseline<8>,
                                EncodeBaseline<16>};

#if defined(__x86_64__)

template <std::size_t kLanes>
[[gnu::target("avx2")]] void EncodeAvx2(const Int8Block& block) {
  EncodeBlock<kLanes>(block);
}

template <std::size_t kLanes>
[[gnu::target("avx512f,avx512vl,avx512dq,avx512bw")]] void EncodeAvx512(const Int8Block& block) {
  EncodeBlock<kLanes>(block);
}

constexpr Int8Encoder kAvx2{"AVX2", EncodeAvx2<1>, EncodeAvx2<8>, EncodeAvx2<16>};
constexpr Int8Encoder kAvx512{"AVX-512", EncodeAvx512<1>, EncodeAvx512<8>, EncodeAvx512<16>};
constexpr std::array kEncoders{kAvx512, kAvx2, kBaseline};

std::size_t FirstUsable() {
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
  if (avx512) return 0;
  return __builtin_cpu_supports("avx2") ? 1 : 2;
}

#else

constexpr std::array kEncoders{kBaseline};
std::size_t FirstUsable() { return 0; }

#endif

}  // namespace

std::span<const Int8Encoder> Int8Encoders() {
  static const std::size_t first = FirstUsable();
  return std::span(kEncoders).subspan(first);
}

}  // namespace vigil
