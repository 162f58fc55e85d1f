// Which inner loops this processor runs best.
#ifndef VIGIL_ENGINE_CPU_NATIVE_INSTRUCTION_SET_H_
#define VIGIL_ENGINE_CPU_NATIVE_INSTRUCTION_SET_H_

#include <span>

#include "engine/cpu/native/vector_kernels.h"

namespace vigil::cpu::native {

// All that this processor can run, best first; never empty.
std::span<const VectorKernels* const> UsableKernels();

// The best one, or the one whose name the environment's VIGIL_CPU_ISA gives ("SSE2", "AVX2", ...),
// for tests and comparisons. Throws Error (Gpu, kUnavailable) that lists the names for another.
const VectorKernels& ChosenKernels();

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_INSTRUCTION_SET_H_
