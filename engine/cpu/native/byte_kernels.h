// The inner loops of quantised networks, one set an instruction set: bytes times signed bytes,
// summed exactly in 32 bits, modulo 2^32.
//
// An input is unsigned; int8 is kept as value + 128 (layout.h), which its zero point follows. Four
// channels that lie together are a quad, the unit of a sum; weights are [.., kLanes, 4].
//
// Of this header as of byte_code.h, what vector_kernels.h says of linkers holds. Nothing here may
// be contracted to fused multiply-adds: a value is the same whether or not its neighbours are fused
// into the step that makes it.
#ifndef VIGIL_ENGINE_CPU_NATIVE_BYTE_KERNELS_H_
#define VIGIL_ENGINE_CPU_NATIVE_BYTE_KERNELS_H_

#include "engine/cpu/native/vector_kernels.h"

namespace vigil::cpu::native {

inline constexpr int kQuad = 4;

// ops/requantize.h's FixedPoint.
struct FixedScale {
  std::int32_t multiplier, shift;
};

// How a float becomes a byte: ops/quantize.h, one scale.
struct ByteStep {
  float step;
  std::int32_t zero_point, low, high;
};

// What follows an exact sum. Pointers to outputs and the residual are of the output's elements,
// those to what channels have of a block's kLanes; a null one is not there.
//   kSums    sums = sum
//   kBytes   bytes = clamp(sum * scale rounded, ties to even, + zero point)
//   kFloats  x = clip(clip(sum * float_scales) + residual); floats = x; bytes = x in steps
struct ByteFinish {
  enum class Form { kSums, kBytes, kFloats };
  Form form;
  const double* scales;       // kBytes: of 32 bits, so that they are exact
  const FixedScale* fixed;    // the same
  const float* float_scales;  // kFloats
  float inner_low, inner_high, low, high;
  const float* residual;
  ByteStep to_bytes;  // kBytes: without the step
  std::int32_t* sums;
  float* floats;
  std::uint8_t* bytes;
};

// A row of output pixels times one block of output channels, or several:
//   y[b, p, lane] = finish(bias[b, lane] + sum over quads k, channels c of
//                          x[p * x_step + offsets[k] + c] * weights[b, k, lane, c])
// and lies at b * y_block + p * y_step + lane.
struct ByteTileJob {
  const std::uint8_t* x;
  const std::ptrdiff_t* offsets;
  std::ptrdiff_t terms;        // quads
  int blocks;                  // 1 or ByteKernels::tile_blocks
  const std::int8_t* weights;  // [blocks, terms, kLanes, kQuad], aligned
  const std::int32_t* bias;    // [blocks, kLanes], aligned
  std::ptrdiff_t x_step;
  std::ptrdiff_t pixels;
  std::ptrdiff_t y_block, y_step;
  int lanes;  // of the last block, that are written
  ByteFinish finish;
};

// A row of a depthwise convolution in one block; what it reads beyond the taps, up to three pixels,
// does not matter, but must be memory.
struct ByteWindowJob : WindowRow {
  const std::uint8_t* x;  // the block's plane [height, width, kLanes]
  // [kernel height, quads of the kernel's width, kLanes, kQuad], aligned; zero beyond the width
  const std::int8_t* weights;
  const std::int32_t* bias;  // [kLanes], aligned; without the zero point's part
  std::int32_t zero_point;
  ByteFinish finish;
};

// y[i] = x[i] in steps.
struct QuantizeJob {
  const float* x;
  std::ptrdiff_t count;
  ByteStep to;
  std::uint8_t* y;
};

// The same of up to four channels in planes of their own, to y[p * kLanes + channel].
struct QuantizeQuadJob {
  const float* x[kQuad];
  int channels;
  std::ptrdiff_t pixels;
  ByteStep to;
  std::uint8_t* y;
};

// y[i] = (x[i] - zero_point) * scales[i % kLanes].
struct DequantizeJob {
  const std::uint8_t* bytes;  // or, where null,
  const std::int32_t* sums;
  std::ptrdiff_t count;  // a multiple of kLanes
  std::int32_t zero_point;
  const float* scales;
  float* y;
};

struct ByteKernels {
  const char* name;
  int tile_pixels, tile_blocks;  // as VectorKernels has them
  void (*tile)(const ByteTileJob&);
  void (*depthwise)(const ByteWindowJob&);
  void (*quantize)(const QuantizeJob&);
  void (*quantize_quad)(const QuantizeQuadJob&);
  void (*dequantize)(const DequantizeJob&);
};

extern const ByteKernels kBaselineBytes;  // SSE2, NEON: what every processor has
#if defined(__x86_64__)
extern const ByteKernels kAvx2Bytes;
extern const ByteKernels kAvxVnniBytes;
extern const ByteKernels kAvx512VnniBytes;
#endif

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_BYTE_KERNELS_H_
