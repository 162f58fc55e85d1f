// Compiled with -mavx2 -mfma; entered only where the processor has both.
#include "engine/cpu/native/winograd_code.h"

namespace vigil::cpu::native {

// 16 registers of 8 floats: 6 pixels of two sums, two weights, one pixel's value.
using Code = VectorCode<8, 6, 1, 6, 4>;
constinit const VectorKernels kAvx2Kernels =
    Code::Table("AVX2", WinogradCode<Code, 2>::Table(), WinogradCode<Code, 4>::Table());

}  // namespace vigil::cpu::native
