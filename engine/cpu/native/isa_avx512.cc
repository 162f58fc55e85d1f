// Compiled with -mavx512f and its like; entered only where the processor has them.
#include "engine/cpu/native/vector_code.h"

namespace vigil::cpu {

// 32 registers of 16 floats.
constinit const VectorKernels kAvx512Kernels = VectorCode<16, 24, 8>::Table("AVX-512");

}  // namespace vigil::cpu
