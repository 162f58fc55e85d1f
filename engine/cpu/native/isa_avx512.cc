// Compiled with -mavx512f and its like; entered only where the processor has them.
#include "engine/cpu/native/winograd_code.h"

namespace vigil::cpu::native {

// 32 registers of 16 floats: 24 sums, or 14 pixels of two sums, two weights, one pixel's value.
using Code = VectorCode<16, 24, 2, 14, 14>;
constinit const VectorKernels kAvx512Kernels =
    Code::Table("AVX-512", WinogradCode<Code, 2>::Table(), WinogradCode<Code, 4>::Table());

}  // namespace vigil::cpu::native
