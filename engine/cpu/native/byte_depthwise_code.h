// ByteCode's depthwise convolutions, and the table of all that it has.
#ifndef VIGIL_ENGINE_CPU_NATIVE_BYTE_DEPTHWISE_CODE_H_
#define VIGIL_ENGINE_CPU_NATIVE_BYTE_DEPTHWISE_CODE_H_

#include "engine/cpu/native/byte_code.h"

namespace vigil::cpu::native {
namespace {

template <typename Isa>
struct ByteDepthwiseCode : ByteCode<Isa> {
  using Code = ByteCode<Isa>;
  using Code::All;
  using Code::kVectors;
  using Code::kWidth;
  using Code::LoadInts;
  using typename Code::Form;
  using typename Code::Int;
  using typename Code::LooseInt;
  using typename Code::Unsigned;

  // Weights of the kernel's tap (i, j), lane by lane.
  [[gnu::always_inline]] static inline Int TapWeights(const std::int8_t* weights, std::ptrdiff_t j,
                                                      int v) {
    const std::int8_t* quad = weights + j / kQuad * kLanes * kQuad + v * kWidth * kQuad;
    const Int four = *reinterpret_cast<const LooseInt*>(quad);
    return (four << (24 - static_cast<int>(j % kQuad) * 8)) >> 24;
  }

  // What sums over columns [from, to) of the kernel start with: the bias, less the zero point's
  // part in the taps that there are.
  static void StartOf(const ByteWindowJob& job, std::ptrdiff_t from, std::ptrdiff_t to,
                      Int* start) {
    const std::ptrdiff_t line = (job.kernel_width + kQuad - 1) / kQuad * kLanes * kQuad;
    for (int v = 0; v < kVectors; ++v) {
      Int sum{};
      for (std::int32_t i = job.row.first; i < job.row.last; ++i) {
        for (std::ptrdiff_t j = from; j < to; ++j) sum += TapWeights(job.weights + i * line, j, v);
      }
      start[v] = LoadInts(job.bias + v * kWidth) - sum * All(job.zero_point);
    }
  }

  template <Form kForm>
  [[gnu::always_inline]] static inline void FinishPixel(const Int* sums, const ByteFinish& finish,
                                                        std::ptrdiff_t p) {
    for (int v = 0; v < kVectors; ++v)
      Code::template FinishVector<kForm>(sums[v], finish, v * kWidth, p * kLanes + v * kWidth);
  }

  // Pixel p with columns [from, to) of the kernel, tap by tap.
  template <Form kForm>
  static void DepthwisePixel(const ByteWindowJob& job, std::ptrdiff_t p, std::ptrdiff_t from,
                             std::ptrdiff_t to, const Int* start) {
    const std::ptrdiff_t quads = (job.kernel_width + kQuad - 1) / kQuad * kLanes * kQuad;
    Int sums[kVectors];
    for (int v = 0; v < kVectors; ++v) sums[v] = start[v];
    const std::uint8_t* line =
        job.x + (job.row.position * job.width + job.columns[p].position) * kLanes;
    for (std::int32_t i = job.row.first; i < job.row.last; ++i) {
      const std::uint8_t* x = line;
      for (std::ptrdiff_t j = from; j < to; ++j) {
        for (int v = 0; v < kVectors; ++v)
          sums[v] += Isa::LoadBytes(x + v * kWidth) * TapWeights(job.weights + i * quads, j, v);
        x += job.column_dilation * kLanes;
      }
      line += job.row_dilation * job.width * kLanes;
    }
    FinishPixel<kForm>(sums, job.finish, p);
  }

  template <Form kForm>
  static void DepthwiseEdge(const ByteWindowJob& job, std::ptrdiff_t first, std::ptrdiff_t last) {
    for (std::ptrdiff_t p = first; p < last; ++p) {
      Int start[kVectors];
      StartOf(job, job.columns[p].first, job.columns[p].last, start);
      DepthwisePixel<kForm>(job, p, job.columns[p].first, job.columns[p].last, start);
    }
  }

  // A quad of a row's weights, where only columns [from, to) count: the first of them moved to the
  // first place, and the others made zero.
  struct Columns {
    int left = 0, right = 0;  // bits

    Columns() = default;
    Columns(std::ptrdiff_t from, std::ptrdiff_t to)
        : left(static_cast<int>(kQuad - to) * 8), right(left + static_cast<int>(from) * 8) {}
    [[gnu::always_inline]] inline Int Of(const std::int8_t* weights) const {
      const Int quad = *reinterpret_cast<const LooseInt*>(weights);
      return reinterpret_cast<Int>(reinterpret_cast<Unsigned>(quad << left) >> right);
    }
  };

  // StartOf for the row's quads: their weights as products with ones.
  [[gnu::always_inline]] static inline Int StartOfQuads(const ByteWindowJob& job,
                                                        const Columns& columns) {
    const std::ptrdiff_t quads = (job.kernel_width + kQuad - 1) / kQuad;
    const std::int8_t* weights = job.weights + job.row.first * quads * kLanes * kQuad;
    Int sum{};
    for (std::ptrdiff_t i = 0; i < (job.row.last - job.row.first) * quads; ++i) {
      sum = Isa::Dot(sum, All(0x01010101), columns.Of(weights));
      weights += kLanes * kQuad;
    }
    return LoadInts(job.bias) - sum * All(job.zero_point);
  }

  // Pixels from `first` on, by quads of columns. kPair: two pixels beside each other read one quad,
  // which holds the three columns of both.
  template <Form kForm, bool kPair, int... kI>
  [[gnu::always_inline]] static inline void DepthwiseQuads(const ByteWindowJob& job,
                                                           const Columns& columns,
                                                           std::ptrdiff_t first, Int start,
                                                           std::integer_sequence<int, kI...>) {
    const ByteFinish finish = job.finish;  // no store can change it
    const std::ptrdiff_t step = kPair ? kLanes : job.column_stride * kLanes;
    const std::ptrdiff_t quads = kPair ? 1 : (job.kernel_width + kQuad - 1) / kQuad;
    Int acc[sizeof...(kI)] = {(static_cast<void>(kI), start)...};
    const std::uint8_t* line =
        job.x + (job.row.position * job.width + job.columns[first].position) * kLanes;
    const std::int8_t* weights = job.weights + job.row.first * quads * kLanes * kQuad;
    for (std::int32_t i = job.row.first; i < job.row.last; ++i) {
      for (std::ptrdiff_t q = 0; q < quads; ++q) {
        const std::uint8_t* x = line + q * kQuad * kLanes;
        const Int quad = columns.Of(weights);
        if constexpr (kPair) {
          const Int next = quad << 8;
          ((acc[kI] =
                Isa::Dot(acc[kI], Isa::Transpose(x + kI / 2 * 2 * step), kI % 2 ? next : quad)),
           ...);
        } else {
          ((acc[kI] = Isa::Dot(acc[kI], Isa::Transpose(x + kI * step), quad)), ...);
        }
        weights += kLanes * kQuad;
      }
      line += job.row_dilation * job.width * kLanes;
    }
    (Code::template FinishVector<kForm>(acc[kI], finish, 0, (first + kI) * kLanes), ...);
  }

  using QuadsFn = void (*)(const ByteWindowJob&, const Columns&, std::ptrdiff_t first, Int start);

  // The pixels that have every column, in groups of equal size.
  template <Form kForm, bool kPair, int... kSize>
  static void InnerQuads(const ByteWindowJob& job, std::integer_sequence<int, kSize...>) {
    static constexpr QuadsFn kGroups[] = {
        [](const ByteWindowJob& j, const Columns& columns, std::ptrdiff_t first, Int start) {
          DepthwiseQuads<kForm, kPair>(j, columns, first, start,
                                       std::make_integer_sequence<int, kSize + 1>());
        }...};
    constexpr std::ptrdiff_t kMost = sizeof...(kSize);
    const Columns all;
    const Int start = StartOfQuads(job, all);
    const std::ptrdiff_t pixels = job.inner_last - job.inner_first;
    const std::ptrdiff_t groups = (pixels + kMost - 1) / kMost;
    std::ptrdiff_t first = job.inner_first;
    for (std::ptrdiff_t i = 0; i < groups; ++i) {
      const std::ptrdiff_t size = pixels / groups + (i < pixels % groups);
      kGroups[size - 1](job, all, first, start);
      first += size;
    }
  }

  template <Form kForm>
  static void EdgeQuads(const ByteWindowJob& job, std::ptrdiff_t first, std::ptrdiff_t last) {
    for (std::ptrdiff_t p = first; p < last; ++p) {
      const Columns columns(job.columns[p].first, job.columns[p].last);
      DepthwiseQuads<kForm, false>(job, columns, p, StartOfQuads(job, columns),
                                   std::make_integer_sequence<int, 1>());
    }
  }

  // Where columns lie side by side, a quad of them is one load.
  template <Form kForm>
  static void DepthwiseRowByQuads(const ByteWindowJob& job) {
    const bool one_quad = job.kernel_width <= kQuad;
    one_quad ? EdgeQuads<kForm>(job, 0, job.inner_first)
             : DepthwiseEdge<kForm>(job, 0, job.inner_first);
    constexpr auto kSizes = std::make_integer_sequence<int, 8>();
    job.kernel_width < kQuad&& job.column_stride == 1 ? InnerQuads<kForm, true>(job, kSizes)
                                                      : InnerQuads<kForm, false>(job, kSizes);
    one_quad ? EdgeQuads<kForm>(job, job.inner_last, job.pixels)
             : DepthwiseEdge<kForm>(job, job.inner_last, job.pixels);
  }

  template <Form kForm>
  static void DepthwiseRowOf(const ByteWindowJob& job) {
    if constexpr (Isa::kTransposes) {
      if (job.column_dilation == 1) return DepthwiseRowByQuads<kForm>(job);
    }
    DepthwiseEdge<kForm>(job, 0, job.inner_first);
    Int start[kVectors];
    StartOf(job, 0, job.kernel_width, start);
    for (std::ptrdiff_t p = job.inner_first; p < job.inner_last; ++p)
      DepthwisePixel<kForm>(job, p, 0, job.kernel_width, start);
    DepthwiseEdge<kForm>(job, job.inner_last, job.pixels);
  }

  static void DepthwiseRow(const ByteWindowJob& job) {
    switch (job.finish.form) {
      case Form::kSums:
        return DepthwiseRowOf<Form::kSums>(job);
      case Form::kBytes:
        return DepthwiseRowOf<Form::kBytes>(job);
      case Form::kFloats:
        return DepthwiseRowOf<Form::kFloats>(job);
    }
  }

  static constexpr ByteKernels Table(const char* name) {
    return {name,         Isa::kTile,     Isa::kBlocks,       Code::TileRow,
            DepthwiseRow, Code::Quantize, Code::QuantizeQuad, Code::Dequantize};
  }
};

}  // namespace
}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_BYTE_DEPTHWISE_CODE_H_
