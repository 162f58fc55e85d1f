// The one source of every VectorKernels, over vectors of kWidth floats. A tile keeps kTile pixels
// times a block of channels in registers, or kWide pixels times kBlocks blocks, so that a pixel's
// value that was read serves several vectors of weights; a depthwise tile kDepthwise.
//
// Sums run over the terms in order whatever the tiling, so an output has the same bits however the
// work is cut.
#ifndef VIGIL_ENGINE_CPU_NATIVE_VECTOR_CODE_H_
#define VIGIL_ENGINE_CPU_NATIVE_VECTOR_CODE_H_

#include <utility>

#include "engine/cpu/native/tile_row.h"
#include "engine/cpu/native/vector_kernels.h"

namespace vigil::cpu::native {
namespace {

template <int kWidth>
struct Vectors {
  typedef float Float __attribute__((vector_size(kWidth * 4)));
  typedef std::int32_t Int __attribute__((vector_size(kWidth * 4)));
  // In memory, aligned as a float.
  typedef float Loose __attribute__((vector_size(kWidth * 4), aligned(4), may_alias));
};

template <int kWidth, int kTile, int kBlocks, int kWide, int kDepthwise>
struct VectorCode {
  using Vec = typename Vectors<kWidth>::Float;
  using IntVec = typename Vectors<kWidth>::Int;
  using Loose = typename Vectors<kWidth>::Loose;
  static constexpr int kVectors = kLanes / kWidth;  // of a block

  [[gnu::always_inline]] static inline Vec Load(const float* from) {
    return *reinterpret_cast<const Loose*>(from);
  }
  [[gnu::always_inline]] static inline void Store(float* to, Vec x) {
    *reinterpret_cast<Loose*>(to) = x;
  }
  // x - 0 is x to the bit, which 0 + x is not for -0: so this is a broadcast and no sum.
  [[gnu::always_inline]] static inline Vec All(float x) { return x - Vec{}; }

  // A NaN passes.
  [[gnu::always_inline]] static inline Vec Clip(Vec x, Vec low, Vec high) {
    x = low > x ? low : x;
    return high < x ? high : x;
  }

  // To 2 units in the last place; the argument is cut at the ends of what float32 holds.
  [[gnu::always_inline]] static inline Vec Exp(Vec x) {
    const Vec in = Clip(x, All(-87.0f), All(88.0f));
    // Adding 1.5 * 2^23 rounds to an integer n, which then stands in the lowest bits.
    const Vec shifted = in * All(1.44269504f) + All(12582912.0f);
    const Vec n = shifted - All(12582912.0f);
    const Vec r = in - n * All(0.693359375f) - n * All(-2.12194440e-4f);
    Vec p = All(1.9875691500e-4f);
    p = p * r + All(1.3981999507e-3f);
    p = p * r + All(8.3334519073e-3f);
    p = p * r + All(4.1665795894e-2f);
    p = p * r + All(1.6666665459e-1f);
    p = p * r + All(5.0000001201e-1f);
    p = p * r * r + r + All(1.0f);
    const IntVec scaled = reinterpret_cast<IntVec>(p) + (reinterpret_cast<IntVec>(shifted) << 23);
    const Vec result = reinterpret_cast<Vec>(scaled);
    return x == x ? result : x;
  }

  [[gnu::always_inline]] static inline Vec Activate(Vec x, const Finish& finish) {
    const Vec one = All(1.0f), alpha = All(finish.low), beta = All(finish.high);
    switch (finish.function) {
      case Finish::Function::kClip:
        return Clip(x, alpha, beta);
      case Finish::Function::kSigmoid:
        return one / (one + Exp(-x));
      case Finish::Function::kLeakyRelu:
        return x < Vec{} ? alpha * x : x;
      case Finish::Function::kElu:
        return x < Vec{} ? alpha * (Exp(x) - one) : x;
      case Finish::Function::kHardSigmoid:
        return Clip(alpha * x + beta, Vec{}, one);
      case Finish::Function::kHardSwish:
        return x * Clip(x / All(6.0f) + All(0.5f), Vec{}, one);
      case Finish::Function::kTanh:
        return one - All(2.0f) / (Exp(x + x) + one);
    }
    return x;
  }

  // Whether only a residual and a clip follow, which the tiles do in registers.
  [[gnu::always_inline]] static inline bool IsPlain(const Finish& finish) {
    return !finish.accumulator && !finish.pre_activation &&
           finish.function == Finish::Function::kClip;
  }

  // One vector of the output at `at`, and its further stores.
  static void FinishVector(Vec sum, const Finish& finish, float* y, std::ptrdiff_t at) {
    if (finish.accumulator) Store(finish.accumulator + at, sum);
    if (finish.residual) sum += Load(finish.residual + at);
    if (finish.pre_activation) Store(finish.pre_activation + at, sum);
    Store(y + at, Activate(sum, finish));
  }

  // Lanes one by one, for blocks that are not full or do not lie together.
  static void FinishLanes(const float* sums, const TileJob& job, int lanes, std::ptrdiff_t at) {
    const Finish& finish = job.finish;
    for (int lane = 0; lane < lanes; ++lane, at += job.lane_step) {
      float sum = sums[lane];
      if (finish.accumulator) finish.accumulator[at] = sum;
      if (finish.residual) sum += finish.residual[at];
      if (finish.pre_activation) finish.pre_activation[at] = sum;
      job.y[at] = Activate(All(sum), finish)[0];
    }
  }

  // What `finish` says of one block at `at` of the output, from its sums pixel by pixel.
  static void FinishBlock(const float* sums, std::ptrdiff_t sums_step, const TileJob& job,
                          int lanes, std::ptrdiff_t pixels, std::ptrdiff_t at) {
    for (std::ptrdiff_t p = 0; p < pixels; ++p, at += job.y_step, sums += sums_step) {
      if (job.lane_step != 1 || lanes < kLanes) {
        FinishLanes(sums, job, lanes, at);
        continue;
      }
      for (int v = 0; v < kVectors; ++v)
        FinishVector(Load(sums + v * kWidth), job.finish, job.y, at + v * kWidth);
    }
  }

  // kN blocks; kI: every vector of the tile, pixel by pixel and there block by block.
  template <int kN, int... kI>
  [[gnu::always_inline]] static inline void FinishTile(const Vec* acc, const TileJob& job,
                                                       std::ptrdiff_t first,
                                                       std::integer_sequence<int, kI...>) {
    constexpr int kAll = kN * kVectors;  // of a pixel
    const Finish& finish = job.finish;
    const std::ptrdiff_t step = job.y_step, block = kN > 1 ? job.y_block : 0;
    if (job.lane_step == 1 && job.lanes == kLanes && IsPlain(finish)) {
      float* y = job.y + first * step;
      const Vec low = All(finish.low), high = All(finish.high);
      if (finish.residual) {
        const float* residual = finish.residual + first * step;
        (Store(y + PlaceOf<kI, kAll>(step, block),
               Clip(acc[kI] + Load(residual + PlaceOf<kI, kAll>(step, block)), low, high)),
         ...);
      } else {
        (Store(y + PlaceOf<kI, kAll>(step, block), Clip(acc[kI], low, high)), ...);
      }
      return;
    }
    alignas(64) float sums[sizeof...(kI) * kWidth];
    (Store(sums + kI * kWidth, acc[kI]), ...);
    for (int n = 0; n < kN; ++n) {
      FinishBlock(sums + n * kLanes, kN * kLanes, job, n + 1 < kN ? kLanes : job.lanes,
                  static_cast<std::ptrdiff_t>(sizeof...(kI)) / kAll, n * block + first * step);
    }
  }

  // Of vector kI of a tile of kAll vectors a pixel, from its first pixel's first.
  template <int kI, int kAll>
  [[gnu::always_inline]] static inline std::ptrdiff_t PlaceOf(std::ptrdiff_t step,
                                                              std::ptrdiff_t block) {
    constexpr int kOfPixel = kI % kAll;
    return kI / kAll * step + kOfPixel / kVectors * block + kOfPixel % kVectors * kWidth;
  }

  // kStep: x_step where it is known, else 0.
  template <int kN, int kStep, int... kI>
  [[gnu::always_inline]] static inline void Tile(const TileJob& job, std::ptrdiff_t first,
                                                 std::integer_sequence<int, kI...> all) {
    constexpr int kAll = kN * kVectors;
    const std::ptrdiff_t step = kStep ? kStep : job.x_step;
    const float* x = job.x + first * step;
    const float* weights = job.weights;
    const std::ptrdiff_t block = kN > 1 ? job.terms * kLanes : 0;
    Vec acc[sizeof...(kI)] = {Load(job.bias + kI % kAll * kWidth)...};
    for (std::ptrdiff_t k = 0; k < job.terms; ++k) {
      const float* at = x + job.offsets[k];
      ((acc[kI] += All(at[kI / kAll * step]) * Load(weights + PlaceOf<kI % kAll, kAll>(0, block))),
       ...);
      weights += kLanes;
    }
    FinishTile<kN>(acc, job, first, all);
  }

  using TileFn = void (*)(const TileJob&, std::ptrdiff_t first);

  template <int kN, int kStep, int... kSize>
  static void RowOfTiles(const TileJob& job, std::integer_sequence<int, kSize...>) {
    static constexpr TileFn kTiles[] = {[](const TileJob& j, std::ptrdiff_t first) {
      Tile<kN, kStep>(j, first, std::make_integer_sequence<int, (kSize + 1) * kN * kVectors>());
    }...};
    RunEqualTiles(job, kTiles);
  }

  template <int kN, int kMost>
  static void RowOfBlocks(const TileJob& job) {
    constexpr auto kSizes = std::make_integer_sequence<int, kMost>();
    job.x_step == kLanes ? RowOfTiles<kN, kLanes>(job, kSizes) : RowOfTiles<kN, 0>(job, kSizes);
  }

  static void TileRow(const TileJob& job) {
    job.blocks == 1 ? RowOfBlocks<1, kTile>(job) : RowOfBlocks<kBlocks, kWide>(job);
  }

  // A depthwise sum of pixels from `first` on, all with taps [from, to) of the kernel's columns.
  template <int... kI>
  [[gnu::always_inline]] static inline void DepthwiseTile(const WindowJob& job,
                                                          std::ptrdiff_t first, std::ptrdiff_t from,
                                                          std::ptrdiff_t to,
                                                          std::integer_sequence<int, kI...>) {
    const std::ptrdiff_t step = job.column_stride * kLanes;
    Vec acc[sizeof...(kI)] = {Load(job.bias + kI % kVectors * kWidth)...};
    const float* line =
        job.x + (job.row.position * job.width + job.columns[first].position) * kLanes;
    for (std::int32_t i = job.row.first; i < job.row.last; ++i) {
      const float* x = line;
      const float* weights = job.weights + (i * job.kernel_width + from) * kLanes;
      for (std::ptrdiff_t j = from; j < to; ++j) {
        ((acc[kI] += Load(x + kI / kVectors * step + kI % kVectors * kWidth) *
                     Load(weights + kI % kVectors * kWidth)),
         ...);
        x += job.column_dilation * kLanes;
        weights += kLanes;
      }
      line += job.row_dilation * job.width * kLanes;
    }
    const Finish& finish = job.finish;
    const std::ptrdiff_t at = first * kLanes;
    if (IsPlain(finish) && !finish.residual) {
      const Vec low = All(finish.low), high = All(finish.high);
      (Store(job.y + at + kI * kWidth, Clip(acc[kI], low, high)), ...);
    } else {
      (FinishVector(acc[kI], finish, job.y, at + kI * kWidth), ...);
    }
  }

  static void DepthwisePixels(const WindowJob& job, std::ptrdiff_t first, std::ptrdiff_t last) {
    constexpr auto kOne = std::make_integer_sequence<int, kVectors>();
    for (std::ptrdiff_t p = first; p < last; ++p) {
      DepthwiseTile(job, p, job.columns[p].first, job.columns[p].last, kOne);
    }
  }

  using DepthwiseFn = void (*)(const WindowJob&, std::ptrdiff_t first);

  // The pixels that have all taps of the kernel's width, in tiles of equal size.
  template <int... kSize>
  static void DepthwiseInner(const WindowJob& job, std::integer_sequence<int, kSize...>) {
    static constexpr DepthwiseFn kTiles[] = {[](const WindowJob& j, std::ptrdiff_t first) {
      DepthwiseTile(j, first, 0, j.kernel_width,
                    std::make_integer_sequence<int, (kSize + 1) * kVectors>());
    }...};
    const std::ptrdiff_t pixels = job.inner_last - job.inner_first;
    const std::ptrdiff_t tiles = (pixels + kDepthwise - 1) / kDepthwise;
    std::ptrdiff_t first = job.inner_first;
    for (std::ptrdiff_t i = 0; i < tiles; ++i) {
      const std::ptrdiff_t size = pixels / tiles + (i < pixels % tiles);
      kTiles[size - 1](job, first);
      first += size;
    }
  }

  static void DepthwiseRow(const WindowJob& job) {
    DepthwisePixels(job, 0, job.inner_first);
    DepthwiseInner(job, std::make_integer_sequence<int, kDepthwise>());
    DepthwisePixels(job, job.inner_last, job.pixels);
  }

  template <bool kMax>
  static void PoolRow(const WindowJob& job) {
    for (std::ptrdiff_t p = 0; p < job.pixels; ++p) {
      const TapRange& column = job.columns[p];
      Vec acc[kVectors];
      for (Vec& a : acc) a = kMax ? All(-__builtin_inff()) : Vec{};
      const float* line = job.x + (job.row.position * job.width + column.position) * kLanes;
      for (std::int32_t i = job.row.first; i < job.row.last; ++i) {
        const float* x = line;
        for (std::int32_t j = column.first; j < column.last; ++j) {
          for (int v = 0; v < kVectors; ++v) {
            const Vec value = Load(x + v * kWidth);
            acc[v] = kMax ? (value > acc[v] ? value : acc[v]) : acc[v] + value;
          }
          x += job.column_dilation * kLanes;
        }
        line += job.row_dilation * job.width * kLanes;
      }
      const Vec counted = All(job.row.counted * column.counted);
      for (int v = 0; v < kVectors; ++v) {
        Store(job.y + p * kLanes + v * kWidth, kMax ? acc[v] : acc[v] / counted);
      }
    }
  }

  template <ElementJob::Op kOp>
  [[gnu::always_inline]] static inline Vec Combine(Vec a, Vec b, Vec c) {
    if constexpr (kOp == ElementJob::Op::kAdd) return a + b;
    if constexpr (kOp == ElementJob::Op::kMul) return a * b;
    if constexpr (kOp == ElementJob::Op::kSub) return a - b;
    if constexpr (kOp == ElementJob::Op::kDiv) return a / b;
    if constexpr (kOp == ElementJob::Op::kMin) return ((a < b) | (a != a)) ? a : b;
    if constexpr (kOp == ElementJob::Op::kMax) return ((a > b) | (a != a)) ? a : b;
    if constexpr (kOp == ElementJob::Op::kPRelu) return a < Vec{} ? a * b : a;
    if constexpr (kOp == ElementJob::Op::kScaleShift) return a * b + c;
    return a;
  }

  template <ElementJob::Op kOp>
  static void ElementsOf(const ElementJob& job) {
    constexpr bool kTwo = kOp != ElementJob::Op::kCopy;
    constexpr bool kThree = kOp == ElementJob::Op::kScaleShift;
    std::ptrdiff_t i = 0;
    for (; i + kWidth <= job.count; i += kWidth) {
      const std::ptrdiff_t at = job.repeat ? i % kLanes : i;
      const Vec b = kTwo ? Load(job.b + at) : Vec{}, c = kThree ? Load(job.c + at) : Vec{};
      FinishVector(Combine<kOp>(Load(job.a + i), b, c), job.finish, job.y, i);
    }
    for (; i < job.count; ++i) {
      const Vec sum =
          Combine<kOp>(All(job.a[i]), All(kTwo ? job.b[i] : 0.0f), All(kThree ? job.c[i] : 0.0f));
      if (job.finish.pre_activation) job.finish.pre_activation[i] = sum[0];
      job.y[i] = Activate(sum, job.finish)[0];
    }
  }

  static void Elements(const ElementJob& job) {
    switch (job.op) {
      case ElementJob::Op::kCopy:
        return ElementsOf<ElementJob::Op::kCopy>(job);
      case ElementJob::Op::kAdd:
        return ElementsOf<ElementJob::Op::kAdd>(job);
      case ElementJob::Op::kMul:
        return ElementsOf<ElementJob::Op::kMul>(job);
      case ElementJob::Op::kSub:
        return ElementsOf<ElementJob::Op::kSub>(job);
      case ElementJob::Op::kDiv:
        return ElementsOf<ElementJob::Op::kDiv>(job);
      case ElementJob::Op::kMin:
        return ElementsOf<ElementJob::Op::kMin>(job);
      case ElementJob::Op::kMax:
        return ElementsOf<ElementJob::Op::kMax>(job);
      case ElementJob::Op::kPRelu:
        return ElementsOf<ElementJob::Op::kPRelu>(job);
      case ElementJob::Op::kScaleShift:
        return ElementsOf<ElementJob::Op::kScaleShift>(job);
    }
  }

  static constexpr VectorKernels Table(const char* name, const WinogradKernels& winograd2,
                                       const WinogradKernels& winograd4) {
    return {name,          kTile,          kBlocks,  TileRow,   DepthwiseRow,
            PoolRow<true>, PoolRow<false>, Elements, winograd2, winograd4};
  }
};

}  // namespace
}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_VECTOR_CODE_H_
