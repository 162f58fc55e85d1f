// The threads of one executable: `Team`, of the arithmetic that this is compiled for
// (arithmetic.h). Every one has
//   Team(int threads, bool low_priority)   threads 0: as many as the process may use
//   void Run(task)                         in the caller's thread, or in one of the idle class
//   void ForEach(count, job)               job(i) for i in [0, count), in any order, within Run
#ifndef VIGIL_ENGINE_CPU_PROGRAM_TEAM_H_
#define VIGIL_ENGINE_CPU_PROGRAM_TEAM_H_

#if VIGIL_CPU_IS_ONEDNN
#include "engine/cpu/onednn/team.h"
#else
#include "engine/cpu/native/team.h"
#endif

#endif  // VIGIL_ENGINE_CPU_PROGRAM_TEAM_H_
