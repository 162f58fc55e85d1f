// Compiled with -mavx2 -mfma; entered only where the processor has both.
#include "engine/cpu/native/byte_vectors_avx2.h"

namespace vigil::cpu::native {
namespace {

// Sums of pairs of products in 16 bits would saturate (255 * 127 twice), so bytes are widened and
// multiplied in 16 bits to sums in 32: two a lane, added in the end.
struct Avx2 : ByteVectorsAvx2 {
  static constexpr int kSums = 4, kTile = 3, kWide = 3;

  [[gnu::always_inline]] static inline __m256i Spread(const std::uint8_t* x) {
    std::int32_t quad;
    __builtin_memcpy(&quad, x, kQuad);
    return _mm256_cvtepu8_epi16(_mm_set1_epi32(quad));
  }
  [[gnu::always_inline]] static inline __m256i Weigh(const std::int8_t* w) {
    return _mm256_cvtepi8_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(w)));
  }
  [[gnu::always_inline]] static inline Acc Dot(Acc sum, __m256i x, __m256i w) {
    return sum + reinterpret_cast<Acc>(_mm256_madd_epi16(x, w));
  }
  [[gnu::always_inline]] static inline void Collect(const Acc* acc, Int* sums) {
    for (int v = 0; v < 2; ++v) {
      const __m256i both = _mm256_hadd_epi32(reinterpret_cast<__m256i>(acc[2 * v]),
                                             reinterpret_cast<__m256i>(acc[2 * v + 1]));
      sums[v] = reinterpret_cast<Int>(_mm256_permute4x64_epi64(both, 0xd8));
    }
  }
};

}  // namespace

constinit const ByteKernels kAvx2Bytes = ByteDepthwiseCode<Avx2>::Table("AVX2");

}  // namespace vigil::cpu::native
