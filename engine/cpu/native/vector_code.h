// The one source of every VectorKernels, over vectors of kFloats floats. A tile keeps kTile pixels
// times a block of channels in registers, a depthwise tile kDepthwise.
//
// Sums run over the terms in order whatever the tiling, so an output has the same bits however the
// work is cut.
#ifndef VIGIL_ENGINE_CPU_NATIVE_VECTOR_CODE_H_
#define VIGIL_ENGINE_CPU_NATIVE_VECTOR_CODE_H_

#include <utility>

#include "engine/cpu/native/vector_kernels.h"

namespace vigil::cpu {
namespace {

template <int kWidth>
struct Vectors {
  typedef float Float __attribute__((vector_size(kWidth * 4)));
  typedef std::int32_t Int __attribute__((vector_size(kWidth * 4)));
  // In memory, aligned as a float.
  typedef float Loose __attribute__((vector_size(kWidth * 4), aligned(4), may_alias));
};

template <int kFloats, int kTile, int kDepthwise>
struct VectorCode {
  static constexpr std::ptrdiff_t kWidth = kFloats;
  static constexpr std::ptrdiff_t kVectors = kLanes / kWidth;  // of a block

  using Vec = typename Vectors<kFloats>::Float;
  using IntVec = typename Vectors<kFloats>::Int;
  using Loose = typename Vectors<kFloats>::Loose;

  [[gnu::always_inline]] static inline Vec Load(const float* from) {
    return *reinterpret_cast<const Loose*>(from);
  }
  [[gnu::always_inline]] static inline void Store(float* to, Vec x) {
    *reinterpret_cast<Loose*>(to) = x;
  }
  [[gnu::always_inline]] static inline Vec All(float x) { return Vec{} + x; }

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
    if (finish.sigmoid) return All(1.0f) / (All(1.0f) + Exp(-x));
    if (finish.call) {
      for (int i = 0; i < kWidth; ++i) x[i] = finish.call(finish.activation, x[i]);
      return x;
    }
    return Clip(x, All(finish.low), All(finish.high));
  }

  // Whether only a residual and a clip follow, which the tiles do in registers.
  [[gnu::always_inline]] static inline bool IsPlain(const Finish& finish) {
    return !finish.accumulator && !finish.pre_activation && !finish.sigmoid && !finish.call;
  }

  // One vector of the output at `at`, and its further stores.
  static void FinishVector(Vec sum, const Finish& finish, float* y, std::ptrdiff_t at) {
    if (finish.accumulator) Store(finish.accumulator + at, sum);
    if (finish.residual) sum += Load(finish.residual + at);
    if (finish.pre_activation) Store(finish.pre_activation + at, sum);
    Store(y + at, Activate(sum, finish));
  }

  // Lanes one by one, for blocks that are not full or do not lie together.
  static void FinishLanes(const float* sums, const TileJob& job, std::ptrdiff_t at) {
    const Finish& finish = job.finish;
    for (int lane = 0; lane < job.lanes; ++lane, at += job.lane_step) {
      float sum = sums[lane];
      if (finish.accumulator) finish.accumulator[at] = sum;
      if (finish.residual) sum += finish.residual[at];
      if (finish.pre_activation) finish.pre_activation[at] = sum;
      job.y[at] = Activate(All(sum), finish)[0];
    }
  }

  // kI: every vector of the tile, pixel by pixel.
  template <int... kI>
  [[gnu::always_inline]] static inline void FinishTile(const Vec* acc, const TileJob& job,
                                                       std::ptrdiff_t first,
                                                       std::integer_sequence<int, kI...>) {
    const Finish& finish = job.finish;
    const std::ptrdiff_t step = job.y_step;
    const bool together = job.lane_step == 1 && job.lanes == kLanes;
    if (together && IsPlain(finish)) {
      float* y = job.y + first * step;
      const Vec low = All(finish.low), high = All(finish.high);
      if (finish.residual) {
        const float* residual = finish.residual + first * step;
        (Store(y + kI / kVectors * step + kI % kVectors * kWidth,
               Clip(acc[kI] + Load(residual + kI / kVectors * step + kI % kVectors * kWidth), low,
                    high)),
         ...);
      } else {
        (Store(y + kI / kVectors * step + kI % kVectors * kWidth, Clip(acc[kI], low, high)), ...);
      }
      return;
    }
    alignas(64) float sums[sizeof...(kI) * kWidth];
    (Store(sums + kI * kWidth, acc[kI]), ...);
    for (std::ptrdiff_t p = 0; p < static_cast<std::ptrdiff_t>(sizeof...(kI)) / kVectors; ++p) {
      const std::ptrdiff_t at = (first + p) * step;
      if (!together) {
        FinishLanes(sums + p * kLanes, job, at);
        continue;
      }
      for (std::ptrdiff_t v = 0; v < kVectors; ++v) {
        FinishVector(Load(sums + p * kLanes + v * kWidth), finish, job.y, at + v * kWidth);
      }
    }
  }

  // kStep: x_step where it is known, else 0.
  template <int kStep, int... kI>
  [[gnu::always_inline]] static inline void Tile(const TileJob& job, std::ptrdiff_t first,
                                                 std::integer_sequence<int, kI...> all) {
    const std::ptrdiff_t step = kStep ? kStep : job.x_step;
    const float* x = job.x + first * step;
    const float* weights = job.weights;
    Vec acc[sizeof...(kI)] = {Load(job.bias + kI % kVectors * kWidth)...};
    for (std::ptrdiff_t k = 0; k < job.terms; ++k) {
      const float* at = x + job.offsets[k];
      ((acc[kI] += All(at[kI / kVectors * step]) * Load(weights + kI % kVectors * kWidth)), ...);
      weights += kLanes;
    }
    FinishTile(acc, job, first, all);
  }

  using TileFn = void (*)(const TileJob&, std::ptrdiff_t first);

  template <int kStep, int... kN>
  static void RowOfTiles(const TileJob& job, std::integer_sequence<int, kN...>) {
    static constexpr TileFn kTiles[] = {[](const TileJob& j, std::ptrdiff_t first) {
      Tile<kStep>(j, first, std::make_integer_sequence<int, (kN + 1) * kVectors>());
    }...};
    // Tiles of equal size, for the last would be a small and slow one.
    const std::ptrdiff_t tiles = (job.pixels + kTile - 1) / kTile;
    std::ptrdiff_t first = 0;
    for (std::ptrdiff_t i = 0; i < tiles; ++i) {
      const std::ptrdiff_t size = job.pixels / tiles + (i < job.pixels % tiles);
      kTiles[size - 1](job, first);
      first += size;
    }
  }

  static void TileRow(const TileJob& job) {
    constexpr auto kSizes = std::make_integer_sequence<int, kTile>();
    job.x_step == kLanes ? RowOfTiles<kLanes>(job, kSizes) : RowOfTiles<0>(job, kSizes);
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

  static void DepthwiseRow(const WindowJob& job) {
    constexpr auto kAll = std::make_integer_sequence<int, kDepthwise * kVectors>();
    DepthwisePixels(job, 0, job.inner_first);
    std::ptrdiff_t p = job.inner_first;
    for (; p + kDepthwise <= job.inner_last; p += kDepthwise) {
      DepthwiseTile(job, p, 0, job.kernel_width, kAll);
    }
    DepthwisePixels(job, p, job.pixels);
  }

  template <bool kMax>
  [[gnu::always_inline]] static inline void PoolTaps(const WindowJob& job, const TapRange& column,
                                                     Vec* acc) {
    const float* line = job.x + (job.row.position * job.width + column.position) * kLanes;
    for (std::int32_t i = job.row.first; i < job.row.last; ++i) {
      const float* x = line;
      for (std::int32_t j = column.first; j < column.last; ++j) {
        for (std::ptrdiff_t v = 0; v < kVectors; ++v) {
          const Vec value = Load(x + v * kWidth);
          acc[v] = kMax ? (value > acc[v] ? value : acc[v]) : acc[v] + value;
        }
        x += job.column_dilation * kLanes;
      }
      line += job.row_dilation * job.width * kLanes;
    }
  }

  template <bool kMax>
  static void PoolRow(const WindowJob& job) {
    for (std::ptrdiff_t p = 0; p < job.pixels; ++p) {
      const TapRange& column = job.columns[p];
      Vec acc[kVectors];
      for (Vec& a : acc) a = kMax ? All(-__builtin_inff()) : Vec{};
      PoolTaps<kMax>(job, column, acc);
      const Vec counted = All(job.row.counted * column.counted);
      for (std::ptrdiff_t v = 0; v < kVectors; ++v) {
        Store(job.y + p * kLanes + v * kWidth, kMax ? acc[v] : acc[v] / counted);
      }
    }
  }

  template <ElementJob::Op kOp>
  [[gnu::always_inline]] static inline Vec Combine(Vec a, Vec b, Vec c) {
    if constexpr (kOp == ElementJob::Op::kAdd) return a + b;
    if constexpr (kOp == ElementJob::Op::kMul) return a * b;
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
      const Vec sum = Combine<kOp>(All(job.a[i]), All(kTwo ? job.b[i] : 0.0f), Vec{});
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
      case ElementJob::Op::kScaleShift:
        return ElementsOf<ElementJob::Op::kScaleShift>(job);
    }
  }

  static constexpr VectorKernels Table(const char* name) {
    return {name, kTile, TileRow, DepthwiseRow, PoolRow<true>, PoolRow<false>, Elements};
  }
};

}  // namespace
}  // namespace vigil::cpu

#endif  // VIGIL_ENGINE_CPU_NATIVE_VECTOR_CODE_H_
