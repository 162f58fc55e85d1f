#include "engine/cpu/native/winograd_code.h"

namespace vigil::cpu::native {

// Vectors of 4 floats: SSE2 has 16 registers, NEON 32.
#if defined(__x86_64__)
using Code = VectorCode<4, 2, 1, 2, 2>;
constexpr const char* kName = "SSE2";
#else
using Code = VectorCode<4, 6, 1, 6, 4>;
constexpr const char* kName = "NEON";
#endif
constinit const VectorKernels kBaselineKernels =
    Code::Table(kName, WinogradCode<Code, 2>::Table(), WinogradCode<Code, 4>::Table());

}  // namespace vigil::cpu::native
