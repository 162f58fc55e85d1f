// The processor that the cpu backend runs on.
#ifndef VIGIL_ENGINE_CPU_PROCESSORS_H_
#define VIGIL_ENGINE_CPU_PROCESSORS_H_

#include <string>

namespace vigil::cpu {

// As many as the process may run on at a time, at least 1.
int AvailableThreads();

// As the kernel names it; "CPU" where it does not say.
std::string ProcessorName();

}  // namespace vigil::cpu

#endif  // VIGIL_ENGINE_CPU_PROCESSORS_H_
