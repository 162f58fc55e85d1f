// The kernel families of the table, one file each.
#ifndef VIGIL_ENGINE_CPU_ONEDNN_KERNELS_H_
#define VIGIL_ENGINE_CPU_ONEDNN_KERNELS_H_

#include "engine/cpu/onednn/kernel.h"

namespace vigil::cpu::onednn {

// Conv in the layout that oneDNN likes best, with residual and activation fused.
extern const Kernel kConvKernel;
// Gemm of activations [M, K] with weights, with residual and activation fused.
extern const Kernel kInnerProductKernel;
// Products of values, and what of Gemm the inner product leaves.
extern const Kernel kMatMulKernel;
extern const Kernel kGemmKernel;
// ConvTranspose, with residual and activation fused.
extern const Kernel kConvTransposeKernel;
extern const Kernel kReduceKernel;
extern const Kernel kPoolKernel;
extern const Kernel kGlobalPoolKernel;
extern const Kernel kUnaryKernel;  // those that oneDNN has, in the input's layout
extern const Kernel kPowKernel;    // one constant exponent
extern const Kernel kPReluKernel;
extern const Kernel kBinaryKernel;  // one input as large as the output, the other broadcast
extern const Kernel kBatchNormKernel;
extern const Kernel kConcatKernel;
extern const Kernel kSoftmaxKernel;
extern const Kernel kTransposeKernel;
extern const Kernel kPadKernel;

}  // namespace vigil::cpu::onednn

#endif  // VIGIL_ENGINE_CPU_ONEDNN_KERNELS_H_
