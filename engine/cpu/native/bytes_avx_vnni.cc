// Compiled with -mavxvnni and its like; entered only where the processor has them.
#include "engine/cpu/native/byte_vectors_avx2.h"

namespace vigil::cpu::native {
namespace {

// 16 registers of 8 sums: 6 pixels of two, two weights, one pixel's quad.
struct AvxVnni : ByteVectorsAvx2 {
  static constexpr int kSums = 2, kTile = 6, kWide = 6;

  [[gnu::always_inline]] static inline __m256i Spread(const std::uint8_t* x) {
    std::int32_t quad;
    __builtin_memcpy(&quad, x, kQuad);
    return _mm256_set1_epi32(quad);
  }
  [[gnu::always_inline]] static inline __m256i Weigh(const std::int8_t* w) {
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(w));
  }
  [[gnu::always_inline]] static inline Acc Dot(Acc sum, __m256i x, __m256i w) {
    return reinterpret_cast<Acc>(_mm256_dpbusd_avx_epi32(reinterpret_cast<__m256i>(sum), x, w));
  }
  [[gnu::always_inline]] static inline void Collect(const Acc* acc, Int* sums) {
    sums[0] = acc[0];
    sums[1] = acc[1];
  }
};

}  // namespace

constinit const ByteKernels kAvxVnniBytes = ByteDepthwiseCode<AvxVnni>::Table("AVX-VNNI");

}  // namespace vigil::cpu::native
