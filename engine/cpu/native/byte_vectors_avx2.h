// What the two sets of 256 bits have in common (byte_code.h); of it, what vector_kernels.h says of
// linkers holds.
#ifndef VIGIL_ENGINE_CPU_NATIVE_BYTE_VECTORS_AVX2_H_
#define VIGIL_ENGINE_CPU_NATIVE_BYTE_VECTORS_AVX2_H_

#include <immintrin.h>

#include "engine/cpu/native/byte_depthwise_code.h"

namespace vigil::cpu::native {
namespace {

struct ByteVectorsAvx2 {
  static constexpr int kWidth = 8, kBlocks = 1;
  static constexpr bool kTransposes = false;
  typedef std::int32_t Int __attribute__((vector_size(32)));
  typedef float Float __attribute__((vector_size(32)));
  using Acc = Int;

  // As with AVX-512: exact inside the fused sum.
  [[gnu::always_inline]] static inline Int Scale(Int sums, const double* scales,
                                                 const FixedScale*) {
    const __m256i v = reinterpret_cast<__m256i>(sums);
    const __m256d magic = _mm256_set1_pd(6755399441055744.0);
    const __m256d low = _mm256_cvtepi32_pd(_mm256_castsi256_si128(v));
    const __m256d high = _mm256_cvtepi32_pd(_mm256_extracti128_si256(v, 1));
    const __m256 a = _mm256_castpd_ps(_mm256_fmadd_pd(low, _mm256_loadu_pd(scales), magic));
    const __m256 b = _mm256_castpd_ps(_mm256_fmadd_pd(high, _mm256_loadu_pd(scales + 4), magic));
    const __m256i evens = _mm256_castps_si256(_mm256_shuffle_ps(a, b, 0x88));
    return reinterpret_cast<Int>(_mm256_permute4x64_epi64(evens, 0xd8));
  }

  [[gnu::always_inline]] static inline Int LoadBytes(const std::uint8_t* x) {
    return reinterpret_cast<Int>(
        _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(x))));
  }
  [[gnu::always_inline]] static inline void StoreBytes(std::uint8_t* y, Int x) {
    const __m256i lowest = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
    const __m256i bytes = _mm256_shuffle_epi8(reinterpret_cast<__m256i>(x), lowest);
    const __m128i both =
        _mm_unpacklo_epi32(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(y), both);
  }
};

}  // namespace
}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_BYTE_VECTORS_AVX2_H_
