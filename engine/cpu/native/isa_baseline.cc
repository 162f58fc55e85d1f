#include "engine/cpu/native/vector_code.h"

namespace vigil::cpu {

// Vectors of 4 floats: SSE2 has 16 registers, NEON 32.
#if defined(__x86_64__)
constinit const VectorKernels kBaselineKernels = VectorCode<4, 2, 2>::Table("SSE2");
#else
constinit const VectorKernels kBaselineKernels = VectorCode<4, 6, 4>::Table("NEON");
#endif

}  // namespace vigil::cpu
