// The kernel families of the table, one file each.
#ifndef VIGIL_ENGINE_CPU_NATIVE_KERNELS_H_
#define VIGIL_ENGINE_CPU_NATIVE_KERNELS_H_

#include "engine/cpu/native/kernel.h"

namespace vigil::cpu::native {

extern const Kernel kDepthwiseKernel;  // Conv whose every output channel reads one input channel
extern const Kernel kWinogradKernel;   // 3x3 of stride 1, where it is faster
extern const Kernel kConvKernel;       // every other Conv of constant weights
extern const Kernel kConvTransposeKernel;  // of constant weights
extern const Kernel kMatMulKernel;
extern const Kernel kInnerProductKernel;  // Gemm of activations [M, K] with constant weights
extern const Kernel kPoolKernel;
extern const Kernel kGlobalPoolKernel;
extern const Kernel kUnaryKernel;      // Relu, Clip, Sigmoid in the input's layout
extern const Kernel kBinaryKernel;     // equal shapes, or one number a channel
extern const Kernel kBatchNormKernel;  // of constant statistics
extern const Kernel kConcatKernel;
extern const Kernel kSoftmaxKernel;
extern const Kernel kTransposeKernel;
extern const Kernel kPadKernel;

extern const Kernel kByteDepthwiseKernel;  // QLinearConv and ConvInteger, depthwise
extern const Kernel kByteConvKernel;       // every other one of constant weights
extern const Kernel
    kByteInnerProductKernel;  // QLinearMatMul and MatMulInteger, of constant weights
extern const Kernel kQuantizeKernel;
extern const Kernel kDequantizeKernel;

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_KERNELS_H_
