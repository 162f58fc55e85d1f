// Which inner loops this processor runs best.
#ifndef VIGIL_ENGINE_CPU_NATIVE_INSTRUCTION_SET_H_
#define VIGIL_ENGINE_CPU_NATIVE_INSTRUCTION_SET_H_

#include <span>

#include "engine/cpu/native/byte_kernels.h"
#include "engine/cpu/native/vector_kernels.h"

namespace vigil::cpu::native {

// All that this processor can run, best first; never empty.
std::span<const VectorKernels* const> UsableKernels();

// The best one, or the one whose name the environment's VIGIL_CPU_ISA gives ("SSE2", "AVX2", ...),
// for tests and comparisons. Throws Error (Gpu, kUnavailable) that lists the names for another.
const VectorKernels& ChosenKernels();

// The same for bytes. What ChosenByteKernels takes is of the instruction set that VIGIL_CPU_ISA
// names and its extensions for bytes: "AVX-512" or nothing, of all; "AVX2", AVX2's own.
std::span<const ByteKernels* const> UsableByteKernels();
const ByteKernels& ChosenByteKernels();

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_INSTRUCTION_SET_H_
