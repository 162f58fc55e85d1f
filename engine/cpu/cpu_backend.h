// The fast fallback without a GPU: oneDNN for what it does well, the operators' references for the
// rest.
//
// Threads. oneDNN runs on OpenMP, whose threads spin while they wait for each other; on cores that
// others want this is ruinous. So spinning is cut short in the whole process (spin_limit.h); an
// executable never uses more than CompileOptions::threads, set for its own runs alone; and one
// compiled with low_priority runs on a thread of its own in the scheduler's idle class, which its
// team inherits, so that it takes only the time that nobody else wants. A normal one runs in the
// caller's thread.
//
// A run waits for nothing but its own arithmetic, so CompileOptions::deadline does not bind it. A
// NaN in the input may vanish in a Relu or Clip (the vector instruction for maximum drops it);
// callers refuse NaN before.
#ifndef VIGIL_ENGINE_CPU_CPU_BACKEND_H_
#define VIGIL_ENGINE_CPU_CPU_BACKEND_H_

#include <memory>

#include "engine/backend/backend.h"

namespace vigil {

std::shared_ptr<Backend> MakeCpuBackend();

}  // namespace vigil

#endif  // VIGIL_ENGINE_CPU_CPU_BACKEND_H_
