// How long a program waits until a model has given its first answer.
#ifndef VIGIL_TOOLS_VIGIL_STARTUP_H_
#define VIGIL_TOOLS_VIGIL_STARTUP_H_

#include <cstdint>
#include <string>

#include "tools/vigil/backend_options.h"
#include "tools/vigil/model_options.h"

namespace vigil {

struct StartupOptions {
  ModelOptions model;
  BackendOptions backend;
  std::int64_t batch = 1;
  int threads = 0;
  int repeats = 5;
};

// Milliseconds of the steps of one start, in their order.
struct StartTimes {
  double load = 0;     // the file
  double open = 0;     // the device
  double compile = 0;  // the graph for it
  double first_run = 0, second_run = 0;

  double until_first_answer() const { return load + open + compile + first_run; }
};

struct StartupFigures {
  std::string backend;
  int repeats = 0;
  StartTimes cold, warm;  // each step's median
  std::uint64_t pipeline_cache_bytes = 0;
};

// Each start has a process of its own. Cold: no pipeline cache; warm: the one that a start before
// has left. Neither reads the user's cache, and the driver's own cache is off in both where the
// driver can be told so (Mesa, NVIDIA): the difference is what Vigil's cache saves. The system's
// file cache is warm in all. REQUIRES: no backend was opened in this process (a driver does not
// survive a fork). Throws Error as the steps do.
StartupFigures MeasureStartup(const StartupOptions& options);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_STARTUP_H_
