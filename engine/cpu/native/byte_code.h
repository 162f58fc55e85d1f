// The one source of every ByteKernels, over what an instruction set says of itself (`Isa`):
//   Int, Float       vectors of kWidth int32 and float
//   Spread(x)        a quad of an input, for all lanes
//   Weigh(w)         weights of 16 / kSums lanes
//   Dot(sum, x, w)   sum + x * w, quad by quad, in kSums vectors a block of any form, which
//   Collect(s, to)   turns into kLanes sums
//   Scale(s, ...)    sum times scale, rounded, ties to even
//   LoadBytes, StoreBytes
// and, where kTransposes, Transpose(x): four pixels of a block as kLanes quads, each of a channel.
#ifndef VIGIL_ENGINE_CPU_NATIVE_BYTE_CODE_H_
#define VIGIL_ENGINE_CPU_NATIVE_BYTE_CODE_H_

#include <utility>

#include "engine/cpu/native/byte_kernels.h"
#include "engine/cpu/native/tile_row.h"

namespace vigil::cpu::native {
namespace {

template <typename Isa>
struct ByteCode {
  using Int = typename Isa::Int;
  using Float = typename Isa::Float;
  using Acc = typename Isa::Acc;
  typedef std::uint32_t Unsigned __attribute__((vector_size(sizeof(Int))));
  typedef Int LooseInt __attribute__((aligned(4), may_alias));
  typedef Float LooseFloat __attribute__((aligned(4), may_alias));
  using Form = ByteFinish::Form;

  static constexpr int kWidth = Isa::kWidth;
  static constexpr int kVectors = kLanes / kWidth;  // of a block, in the end
  static constexpr int kSums = Isa::kSums;          // of a block, while it is summed

  [[gnu::always_inline]] static inline Int LoadInts(const std::int32_t* from) {
    return *reinterpret_cast<const LooseInt*>(from);
  }
  [[gnu::always_inline]] static inline Float LoadFloats(const float* from) {
    return *reinterpret_cast<const LooseFloat*>(from);
  }
  [[gnu::always_inline]] static inline void Store(std::int32_t* to, Int x) {
    *reinterpret_cast<LooseInt*>(to) = x;
  }
  [[gnu::always_inline]] static inline void Store(float* to, Float x) {
    *reinterpret_cast<LooseFloat*>(to) = x;
  }
  [[gnu::always_inline]] static inline Float All(float x) { return x - Float{}; }
  [[gnu::always_inline]] static inline Int All(std::int32_t x) { return x - Int{}; }

  template <typename Vec>
  [[gnu::always_inline]] static inline Vec Clip(Vec x, Vec low, Vec high) {
    x = low > x ? low : x;
    return high < x ? high : x;
  }

  [[gnu::always_inline]] static inline Int InSteps(Float x, const ByteStep& to) {
    Float steps = x / All(to.step);
    steps = Clip(steps, All(-65536.0f), All(65536.0f));
    // Adding 1.5 * 2^23 rounds, ties to even.
    steps = (steps + All(12582912.0f)) - All(12582912.0f);
    steps = steps == steps ? steps : Float{};
    const Int n = __builtin_convertvector(steps, Int) + All(to.zero_point);
    return Clip(n, All(to.low), All(to.high));
  }

  // One vector of sums, from lane `lane` of its block; `at` of the output.
  template <Form kForm>
  [[gnu::always_inline]] static inline void FinishVector(Int sums, const ByteFinish& finish,
                                                         std::ptrdiff_t lane, std::ptrdiff_t at) {
    if constexpr (kForm == Form::kSums) {
      Store(finish.sums + at, sums);
    } else if constexpr (kForm == Form::kBytes) {
      const ByteStep& to = finish.to_bytes;
      const Int n = Isa::Scale(sums, finish.scales + lane, finish.fixed + lane);
      Isa::StoreBytes(finish.bytes + at, Clip(n + All(to.zero_point), All(to.low), All(to.high)));
    } else {
      Float x = __builtin_convertvector(sums, Float) * LoadFloats(finish.float_scales + lane);
      x = Clip(x, All(finish.inner_low), All(finish.inner_high));
      if (finish.residual) {
        x += LoadFloats(finish.residual + at);
        x = Clip(x, All(finish.low), All(finish.high));
      }
      if (finish.floats) Store(finish.floats + at, x);
      if (finish.bytes) Isa::StoreBytes(finish.bytes + at, InSteps(x, finish.to_bytes));
    }
  }

  // A whole block of one pixel, whose channels begin at `channel` of what the finish has of them.
  template <Form kForm>
  [[gnu::always_inline]] static inline void FinishBlock(const Acc* acc, const std::int32_t* bias,
                                                        const ByteFinish& finish,
                                                        std::ptrdiff_t channel, std::ptrdiff_t at) {
    Int sums[kVectors];
    Isa::Collect(acc, sums);
    for (int v = 0; v < kVectors; ++v) {
      const std::ptrdiff_t lane = channel + v * kWidth;
      FinishVector<kForm>(sums[v] + LoadInts(bias + lane), finish, lane, at + v * kWidth);
    }
  }

  // The first lanes of a block, through memory of a whole one.
  template <Form kForm>
  [[gnu::noinline]] static void FinishLanes(const Acc* acc, const std::int32_t* bias,
                                            const ByteFinish& finish, std::ptrdiff_t channel,
                                            std::ptrdiff_t at, int lanes) {
    alignas(64) std::int32_t sums[kLanes] = {};
    alignas(64) float residual[kLanes] = {}, floats[kLanes] = {};
    std::uint8_t bytes[kLanes] = {};
    ByteFinish whole = finish;
    if (finish.sums) whole.sums = sums;
    if (finish.floats) whole.floats = floats;
    if (finish.bytes) whole.bytes = bytes;
    if (finish.residual) {
      for (int lane = 0; lane < lanes; ++lane) residual[lane] = finish.residual[at + lane];
      whole.residual = residual;
    }
    FinishBlock<kForm>(acc, bias, whole, channel, 0);
    for (int lane = 0; lane < lanes; ++lane) {
      if (finish.sums) finish.sums[at + lane] = sums[lane];
      if (finish.floats) finish.floats[at + lane] = floats[lane];
      if (finish.bytes) finish.bytes[at + lane] = bytes[lane];
    }
  }

  // kN blocks of the pixels from `first` on, in registers; kB: every block of the tile, pixel by
  // pixel.
  template <Form kForm, int kN, int... kB>
  [[gnu::always_inline]] static inline void FinishTile(const Acc* acc, const ByteTileJob& job,
                                                       std::ptrdiff_t first,
                                                       std::integer_sequence<int, kB...>) {
    // Copies, which no store can change.
    const ByteFinish finish = job.finish;
    const std::int32_t* bias = job.bias;
    const std::ptrdiff_t step = job.y_step, block = job.y_block, y = first * step;
    (FinishBlock<kForm>(acc + kB * kSums, bias, finish, kB % kN * kLanes,
                        y + kB / kN * step + kB % kN * block),
     ...);
  }

  // The same from memory, block by block: less code for what is rarer.
  template <Form kForm>
  static void FinishKept(const Acc* acc, const ByteTileJob& job, std::ptrdiff_t first,
                         std::ptrdiff_t pixels) {
    const ByteFinish finish = job.finish;
    for (std::ptrdiff_t p = 0; p < pixels; ++p) {
      for (int n = 0; n < job.blocks; ++n, acc += kSums) {
        const std::ptrdiff_t at = (first + p) * job.y_step + n * job.y_block;
        if (job.lanes < kLanes && n + 1 == job.blocks) {
          FinishLanes<kForm>(acc, job.bias, finish, n * kLanes, at, job.lanes);
        } else {
          FinishBlock<kForm>(acc, job.bias, finish, n * kLanes, at);
        }
      }
    }
  }

  static void FinishKept(const Acc* acc, const ByteTileJob& job, std::ptrdiff_t first,
                         std::ptrdiff_t pixels) {
    switch (job.finish.form) {
      case Form::kSums:
        return FinishKept<Form::kSums>(acc, job, first, pixels);
      case Form::kBytes:
        return FinishKept<Form::kBytes>(acc, job, first, pixels);
      case Form::kFloats:
        return FinishKept<Form::kFloats>(acc, job, first, pixels);
    }
  }

  template <int kN, int kStep, int... kI>
  [[gnu::always_inline]] static inline void Tile(const ByteTileJob& job, std::ptrdiff_t first,
                                                 std::integer_sequence<int, kI...>) {
    constexpr int kAll = kN * kSums;  // of a pixel
    constexpr int kPart = kLanes * kQuad / kSums;
    constexpr auto kBlocks =
        std::make_integer_sequence<int, static_cast<int>(sizeof...(kI)) / kSums>();
    const std::ptrdiff_t step = kStep ? kStep : job.x_step;
    const std::uint8_t* x = job.x + first * step;
    const std::int8_t* weights = job.weights;
    const std::ptrdiff_t block = kN > 1 ? job.terms * kLanes * kQuad : 0;
    Acc acc[sizeof...(kI)] = {};
    for (std::ptrdiff_t k = 0; k < job.terms; ++k) {
      const std::uint8_t* at = x + job.offsets[k];
      ((acc[kI] = Isa::Dot(acc[kI], Isa::Spread(at + kI / kAll * step),
                           Isa::Weigh(weights + kI % kAll / kSums * block + kI % kSums * kPart))),
       ...);
      weights += kLanes * kQuad;
    }
    if (job.finish.form == Form::kBytes && job.lanes == kLanes)
      return FinishTile<Form::kBytes, kN>(acc, job, first, kBlocks);
    const Acc kept[] = {acc[kI]...};  // else the sums themselves would be kept in memory
    FinishKept(kept, job, first, static_cast<std::ptrdiff_t>(sizeof...(kI)) / kAll);
  }

  using TileFn = void (*)(const ByteTileJob&, std::ptrdiff_t first);

  template <int kN, int kStep, int... kSize>
  static void RowOfTiles(const ByteTileJob& job, std::integer_sequence<int, kSize...>) {
    static constexpr TileFn kTiles[] = {[](const ByteTileJob& j, std::ptrdiff_t first) {
      Tile<kN, kStep>(j, first, std::make_integer_sequence<int, (kSize + 1) * kN * kSums>());
    }...};
    RunEqualTiles(job, kTiles);
  }

  template <int kN, int kMost>
  static void RowOfBlocks(const ByteTileJob& job) {
    constexpr auto kSizes = std::make_integer_sequence<int, kMost>();
    job.x_step == kLanes ? RowOfTiles<kN, kLanes>(job, kSizes) : RowOfTiles<kN, 0>(job, kSizes);
  }

  static void TileRow(const ByteTileJob& job) {
    job.blocks == 1 ? RowOfBlocks<1, Isa::kTile>(job) : RowOfBlocks<Isa::kBlocks, Isa::kWide>(job);
  }

  static void Quantize(const QuantizeJob& job) {
    std::ptrdiff_t i = 0;
    for (; i + kWidth <= job.count; i += kWidth)
      Isa::StoreBytes(job.y + i, InSteps(LoadFloats(job.x + i), job.to));
    for (; i < job.count; ++i)
      job.y[i] = static_cast<std::uint8_t>(InSteps(All(job.x[i]), job.to)[0]);
  }

  static void QuantizeQuad(const QuantizeQuadJob& job) {
    for (std::ptrdiff_t p = 0; p < job.pixels; p += kWidth) {
      const std::ptrdiff_t pixels = job.pixels - p < kWidth ? job.pixels - p : kWidth;
      Int quads{};
      for (int c = 0; c < job.channels; ++c) {
        Float x{};
        if (pixels == kWidth) {
          x = LoadFloats(job.x[c] + p);
        } else {
          for (std::ptrdiff_t i = 0; i < pixels; ++i) x[i] = job.x[c][p + i];
        }
        quads |= (InSteps(x, job.to) & All(255)) << (8 * c);
      }
      alignas(64) std::int32_t each[kWidth];
      Store(each, quads);
      for (std::ptrdiff_t i = 0; i < pixels; ++i)
        __builtin_memcpy(job.y + (p + i) * kLanes, each + i, kQuad);
    }
  }

  static void Dequantize(const DequantizeJob& job) {
    for (std::ptrdiff_t i = 0; i < job.count; i += kWidth) {
      const Int x = job.bytes ? Isa::LoadBytes(job.bytes + i) : LoadInts(job.sums + i);
      const Float distance = __builtin_convertvector(x - All(job.zero_point), Float);
      Store(job.y + i, distance * LoadFloats(job.scales + i % kLanes));
    }
  }
};

}  // namespace
}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_BYTE_CODE_H_
