// The threads of one executable: `Team`, of whichever arithmetic is built (arithmetic.h). Every one
// has
//   Team(int threads, bool low_priority)   threads 0: as many as the process may use
//   void Run(task)                         in the caller's thread, or in one of the idle class
#ifndef VIGIL_ENGINE_CPU_TEAM_H_
#define VIGIL_ENGINE_CPU_TEAM_H_

#if VIGIL_HAVE_ONEDNN
#include "engine/cpu/onednn/team.h"
#else
#include "engine/cpu/native/team.h"
#endif

namespace vigil::cpu {

// As many as the process may use.
int AvailableThreads();

}  // namespace vigil::cpu

#endif  // VIGIL_ENGINE_CPU_TEAM_H_
