#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "engine/cpu/native/byte_depthwise_code.h"

namespace vigil::cpu::native {
namespace {

// Vectors of 4 sums, what every processor has. A product of bytes fits 16 bits.
struct Baseline {
#if defined(__x86_64__)
  static constexpr int kTile = 1, kWide = 1;  // of SSE2's 16 registers, sums take 8
  static constexpr const char* kName = "SSE2";
#else
  static constexpr int kTile = 2, kWide = 2;
  static constexpr const char* kName = "NEON";
#endif
  static constexpr int kWidth = 4, kSums = 8, kBlocks = 1;
  static constexpr bool kTransposes = false;
  typedef std::int32_t Int __attribute__((vector_size(16)));
  typedef float Float __attribute__((vector_size(16)));
  typedef std::int16_t Short __attribute__((vector_size(16)));
  typedef std::uint8_t Bytes __attribute__((vector_size(8)));
  typedef std::int8_t SignedBytes __attribute__((vector_size(8)));
  using Acc = Int;

  [[gnu::always_inline]] static inline Short Spread(const std::uint8_t* x) {
    const Bytes twice{x[0], x[1], x[2], x[3], x[0], x[1], x[2], x[3]};
    return __builtin_convertvector(twice, Short);
  }
  [[gnu::always_inline]] static inline Short Weigh(const std::int8_t* w) {
    SignedBytes bytes;
    __builtin_memcpy(&bytes, w, sizeof bytes);
    return __builtin_convertvector(bytes, Short);
  }
  [[gnu::always_inline]] static inline Acc Dot(Acc sum, Short x, Short w) {
#if defined(__SSE2__)
    return sum + reinterpret_cast<Acc>(
                     _mm_madd_epi16(reinterpret_cast<__m128i>(x), reinterpret_cast<__m128i>(w)));
#else
    const Acc pairs = reinterpret_cast<Acc>(x * w);
    return sum + ((pairs << 16) >> 16) + (pairs >> 16);
#endif
  }
  [[gnu::always_inline]] static inline void Collect(const Acc* acc, Int* sums) {
    for (int v = 0; v < 4; ++v) {
      const Int a = acc[2 * v], b = acc[2 * v + 1];
      sums[v] = Int{a[0], a[2], b[0], b[2]} + Int{a[1], a[3], b[1], b[3]};
    }
  }

  // As ops/requantize.h has it; a fused multiply-add, which rounds once, is not to be had.
  [[gnu::always_inline]] static inline Int Scale(Int sums, const double*, const FixedScale* fixed) {
    Int rounded{};
    for (int i = 0; i < kWidth; ++i) {
      const std::int64_t product = std::int64_t{sums[i]} * fixed[i].multiplier;
      const std::int64_t below = (std::int64_t{1} << (fixed[i].shift - 1)) - 1;
      const std::int64_t odd = (product >> fixed[i].shift) & 1;
      rounded[i] = static_cast<std::int32_t>((product + below + odd) >> fixed[i].shift);
    }
    return rounded;
  }

  [[gnu::always_inline]] static inline Int LoadBytes(const std::uint8_t* x) {
    return Int{x[0], x[1], x[2], x[3]};
  }
  [[gnu::always_inline]] static inline void StoreBytes(std::uint8_t* y, Int x) {
    for (int i = 0; i < kWidth; ++i) y[i] = static_cast<std::uint8_t>(x[i]);
  }
};

}  // namespace

constinit const ByteKernels kBaselineBytes = ByteDepthwiseCode<Baseline>::Table(Baseline::kName);

}  // namespace vigil::cpu::native
