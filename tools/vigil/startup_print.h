// Figures of `vigil bench --startup` as people and programs read them.
#ifndef VIGIL_TOOLS_VIGIL_STARTUP_PRINT_H_
#define VIGIL_TOOLS_VIGIL_STARTUP_PRINT_H_

#include "tools/vigil/startup.h"

namespace vigil {

void PrintStartup(const StartupOptions& options, const StartupFigures& figures, bool json);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_STARTUP_PRINT_H_
