// Compiled with -mavx2 -mfma; entered only where the processor has both.
#include "engine/cpu/native/vector_code.h"

namespace vigil::cpu {

// 16 registers of 8 floats: 6 pixels of two sums, two weights, one pixel's value.
constinit const VectorKernels kAvx2Kernels = VectorCode<8, 6, 4>::Table("AVX2");

}  // namespace vigil::cpu
