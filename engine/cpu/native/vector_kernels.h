// The inner loops of the own kernels, one set an instruction set of the processor.
//
// This header and vector_code.h are compiled for instruction sets that other processors lack, so
// nothing in them may become a function that the linker could choose for everybody: structs of
// plain data, and templates in unnamed namespaces.
#ifndef VIGIL_ENGINE_CPU_NATIVE_VECTOR_KERNELS_H_
#define VIGIL_ENGINE_CPU_NATIVE_VECTOR_KERNELS_H_

#include <cstddef>
#include <cstdint>

namespace vigil::cpu {

// Channels of a block: what lies together in the blocked layout, whatever the width of vectors.
inline constexpr std::ptrdiff_t kLanes = 16;

// What follows the sum, as ops/epilogue.h has it: activation(sum + residual). All pointers are laid
// out as the output; a null one is not there.
struct Finish {
  const float* residual;
  float* accumulator;     // receives the sum
  float* pre_activation;  // receives sum + residual
  float low, high;        // clips to these, which may be infinite
  bool sigmoid;
  float (*call)(const void* activation, float x);  // any other activation, one lane at a time
  const void* activation;
};

// A row of output pixels times one block of output channels:
//   y[p, lane] = finish(bias[lane] + sum over k of x[p * x_step + offsets[k]] * weights[k, lane])
// and lies at p * y_step + lane * lane_step.
struct TileJob {
  const float* x;
  const std::ptrdiff_t* offsets;
  std::ptrdiff_t terms;
  const float* weights;  // [terms, kLanes], aligned
  const float* bias;     // [kLanes], aligned
  std::ptrdiff_t x_step;
  std::ptrdiff_t pixels;
  float* y;
  std::ptrdiff_t y_step, lane_step;
  int lanes;  // that are written
  Finish finish;
};

// Taps [first, last) of a window along one dimension, the first at `position`.
struct TapRange {
  std::int32_t first, last;
  std::ptrdiff_t position;
  float counted;  // taps that an average divides by
};

// A row of output pixels of one block of channels, whose windows stay in the block.
struct WindowJob {
  const float* x;  // the block's plane [height, width, kLanes]
  std::ptrdiff_t width;
  std::ptrdiff_t row_dilation, column_dilation, column_stride;
  TapRange row;
  const TapRange* columns;  // one an output pixel
  // Output pixels [inner_first, inner_last) have all taps of the kernel's width.
  std::ptrdiff_t pixels, inner_first, inner_last;
  float* y;
  // Depthwise convolution.
  std::ptrdiff_t kernel_width;
  const float* weights;  // [kernel height, kernel width, kLanes], aligned
  const float* bias;     // [kLanes], aligned
  Finish finish;
};

// y[i] = finish(op(a[i], b[i])); with `repeat`, b and c are [kLanes] and repeat.
struct ElementJob {
  enum class Op { kCopy, kAdd, kMul, kScaleShift };  // a; a + b; a * b; a * b + c
  Op op;
  const float* a;
  const float* b;
  const float* c;
  bool repeat;
  float* y;
  std::ptrdiff_t count;  // a multiple of kLanes with `repeat`
  Finish finish;         // no residual
};

struct VectorKernels {
  const char* name;
  int tile_pixels;  // that a tile holds in registers
  void (*tile)(const TileJob&);
  void (*depthwise)(const WindowJob&);
  void (*max_pool)(const WindowJob&);
  void (*average_pool)(const WindowJob&);
  void (*elements)(const ElementJob&);
};

extern const VectorKernels kBaselineKernels;  // SSE2, NEON: what every processor has
#if defined(__x86_64__)
extern const VectorKernels kAvx2Kernels;
extern const VectorKernels kAvx512Kernels;
#endif

}  // namespace vigil::cpu

#endif  // VIGIL_ENGINE_CPU_NATIVE_VECTOR_KERNELS_H_
