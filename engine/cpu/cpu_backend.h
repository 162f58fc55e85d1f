// The fast fallback without a GPU: kernels of our own, the operators' references for what they
// leave, and for a network of which that would be much (a quantised one, above all) oneDNN.
//
// Threads. Every executable has a team of its own (native/team.h), of CompileOptions::threads with
// the caller's, awake while a run lasts and asleep between runs. One compiled with low_priority runs
// on threads in the scheduler's idle class, so that it takes only the time that nobody else wants.
// oneDNN runs on OpenMP, whose threads spin while they wait for each other; on cores that others
// want this is ruinous, so from its first network on spinning is cut short in the whole process
// (onednn/spin_limit.h).
//
// A run waits for nothing but its own arithmetic, so CompileOptions::deadline does not bind it. A
// NaN in the input may vanish in a Relu or Clip of oneDNN's (the vector instruction for maximum
// drops it); callers refuse NaN before.
#ifndef VIGIL_ENGINE_CPU_CPU_BACKEND_H_
#define VIGIL_ENGINE_CPU_CPU_BACKEND_H_

#include <memory>

#include "engine/backend/backend.h"

namespace vigil {

std::shared_ptr<Backend> MakeCpuBackend();

}  // namespace vigil

#endif  // VIGIL_ENGINE_CPU_CPU_BACKEND_H_
