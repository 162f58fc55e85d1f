// The inner loops of the own kernels, one set an instruction set of the processor.
//
// This header and vector_code.h are compiled for instruction sets that other processors lack, so
// nothing in them may become a function that the linker could choose for everybody: structs of
// plain data, and templates in unnamed namespaces.
#ifndef VIGIL_ENGINE_CPU_NATIVE_VECTOR_KERNELS_H_
#define VIGIL_ENGINE_CPU_NATIVE_VECTOR_KERNELS_H_

#include <cstddef>
#include <cstdint>

namespace vigil::cpu::native {

// Channels of a block: what lies together in the blocked layout, whatever the width of vectors.
inline constexpr int kLanes = 16;

// What follows the sum, as ops/epilogue.h has it: activation(sum + residual). All pointers are laid
// out as the output; a null one is not there.
struct Finish {
  const float* residual;
  float* accumulator;     // receives the sum
  float* pre_activation;  // receives sum + residual
  // What is done last. kClip: to low and high, which may be infinite; the others take them for the
  // activation's alpha and beta.
  enum class Function { kClip, kSigmoid, kLeakyRelu, kElu, kHardSigmoid, kHardSwish, kTanh };
  Function function;
  float low, high;
};

// A row of output pixels times one block of output channels, or several:
//   y[b, p, lane] =
//       finish(bias[b, lane] + sum over k of x[p * x_step + offsets[k]] * weights[b, k, lane])
// and lies at b * y_block + p * y_step + lane * lane_step.
struct TileJob {
  const float* x;
  const std::ptrdiff_t* offsets;
  std::ptrdiff_t terms;
  int blocks;            // 1 or VectorKernels::tile_blocks
  const float* weights;  // [blocks, terms, kLanes], aligned
  const float* bias;     // [blocks, kLanes], aligned
  std::ptrdiff_t x_step;
  std::ptrdiff_t pixels;
  float* y;
  std::ptrdiff_t y_block, y_step, lane_step;
  int lanes;  // of the last block, that are written
  Finish finish;
};

// Taps [first, last) of a window along one dimension, the first at `position`.
struct TapRange {
  std::int32_t first, last;
  std::ptrdiff_t position;
  float counted;  // taps that an average divides by
};

// Where the windows of a row of output pixels of one block of channels lie, which stay in the
// block.
struct WindowRow {
  std::ptrdiff_t width;  // of the input
  std::ptrdiff_t row_dilation, column_dilation, column_stride;
  TapRange row;
  const TapRange* columns;  // one an output pixel
  // Output pixels [inner_first, inner_last) have all taps of the kernel's width.
  std::ptrdiff_t pixels, inner_first, inner_last;
  std::ptrdiff_t kernel_width;
};

struct WindowJob : WindowRow {
  const float* x;  // the block's plane [height, width, kLanes]
  float* y;
  // Depthwise convolution.
  const float* weights;  // [kernel height, kernel width, kLanes], aligned
  const float* bias;     // [kLanes], aligned
  Finish finish;
};

// y[i] = finish(op(a[i], b[i])); with `repeat`, b and c are [kLanes] and repeat.
struct ElementJob {
  // a; BinaryKind's, of a and b; a * b + c.
  enum class Op { kCopy, kAdd, kMul, kSub, kDiv, kMin, kMax, kPRelu, kScaleShift };
  Op op;
  const float* a;
  const float* b;
  const float* c;
  bool repeat;
  float* y;
  std::ptrdiff_t count;  // a multiple of kLanes with `repeat`
  Finish finish;         // no residual
};

// One tile of Winograd's convolution in one block: the (M + 2) x (M + 2) pixels at `x` become as
// many values, v_step apart.
struct WinogradInputJob {
  const float* x;
  std::ptrdiff_t x_row;
  float* v;
  std::ptrdiff_t v_step;
};

// And back: values m_step apart to the first rows x columns of M x M pixels.
struct WinogradOutputJob {
  const float* m;
  std::ptrdiff_t m_step;
  const float* bias;  // [kLanes]
  float* y;
  std::ptrdiff_t y_row;
  int rows, columns;
  Finish finish;  // from y on
};

struct WinogradKernels {
  void (*input)(const WinogradInputJob&);
  void (*output)(const WinogradOutputJob&);
};

struct VectorKernels {
  const char* name;
  int tile_pixels;  // of a block of channels that a tile holds in registers
  int tile_blocks;  // that it takes at once where there are as many, then of fewer pixels
  void (*tile)(const TileJob&);
  void (*depthwise)(const WindowJob&);
  void (*max_pool)(const WindowJob&);
  void (*average_pool)(const WindowJob&);
  void (*elements)(const ElementJob&);
  WinogradKernels winograd2, winograd4;  // M = 2 and 4
};

extern const VectorKernels kBaselineKernels;  // SSE2, NEON: what every processor has
#if defined(__x86_64__)
extern const VectorKernels kAvx2Kernels;
extern const VectorKernels kAvx512Kernels;
#endif

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_VECTOR_KERNELS_H_
