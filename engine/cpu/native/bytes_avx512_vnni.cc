// Compiled with -mavx512vnni and its like; entered only where the processor has them.
#include <immintrin.h>

#include "engine/cpu/native/byte_depthwise_code.h"

namespace vigil::cpu::native {
namespace {

// 32 registers of 16 sums, cut as those of floats are.
struct Avx512Vnni {
  static constexpr int kWidth = 16, kSums = 1, kTile = 24, kBlocks = 2, kWide = 14;
  static constexpr bool kTransposes = true;
  typedef std::int32_t Int __attribute__((vector_size(64)));
  typedef float Float __attribute__((vector_size(64)));
  using Acc = Int;

  [[gnu::always_inline]] static inline __m512i Spread(const std::uint8_t* x) {
    std::int32_t quad;
    __builtin_memcpy(&quad, x, kQuad);
    return _mm512_set1_epi32(quad);
  }
  [[gnu::always_inline]] static inline __m512i Weigh(const std::int8_t* w) {
    return _mm512_load_si512(w);
  }
  template <typename X, typename W>
  [[gnu::always_inline]] static inline Acc Dot(Acc sum, X x, W w) {
    return reinterpret_cast<Acc>(_mm512_dpbusd_epi32(reinterpret_cast<__m512i>(sum),
                                                     reinterpret_cast<__m512i>(x),
                                                     reinterpret_cast<__m512i>(w)));
  }
  [[gnu::always_inline]] static inline void Collect(const Acc* acc, Int* sums) { *sums = *acc; }

  // A pixel is a fourth of the vector: first the same four channels of all pixels into one fourth,
  // then each channel's bytes together.
  [[gnu::always_inline]] static inline __m512i Transpose(const std::uint8_t* x) {
    const __m512i fours = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512i bytes =
        _mm512_broadcast_i32x4(_mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
    return _mm512_shuffle_epi8(_mm512_permutexvar_epi32(fours, _mm512_loadu_si512(x)), bytes);
  }

  // The product of 31 and 32 bits is exact inside the fused sum, which rounds once, to the integer
  // that then stands in the lowest bits: 1.5 * 2^52 leaves no others.
  [[gnu::always_inline]] static inline Int Scale(Int sums, const double* scales,
                                                 const FixedScale*) {
    const __m512i v = reinterpret_cast<__m512i>(sums);
    const __m512d magic = _mm512_set1_pd(6755399441055744.0);
    const __m512d low = _mm512_cvtepi32_pd(_mm512_castsi512_si256(v));
    const __m512d high = _mm512_cvtepi32_pd(_mm512_extracti64x4_epi64(v, 1));
    const __m512i evens =
        _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    return reinterpret_cast<Int>(_mm512_permutex2var_epi32(
        _mm512_castpd_si512(_mm512_fmadd_pd(low, _mm512_loadu_pd(scales), magic)), evens,
        _mm512_castpd_si512(_mm512_fmadd_pd(high, _mm512_loadu_pd(scales + 8), magic))));
  }

  [[gnu::always_inline]] static inline Int LoadBytes(const std::uint8_t* x) {
    return reinterpret_cast<Int>(
        _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(x))));
  }
  [[gnu::always_inline]] static inline void StoreBytes(std::uint8_t* y, Int x) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(y),
                     _mm512_cvtepi32_epi8(reinterpret_cast<__m512i>(x)));
  }
};

}  // namespace

constinit const ByteKernels kAvx512VnniBytes = ByteDepthwiseCode<Avx512Vnni>::Table("AVX-512 VNNI");

}  // namespace vigil::cpu::native
