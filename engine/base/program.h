// The boundary of a program: nothing but an exit code leaves it.
#ifndef VIGIL_ENGINE_BASE_PROGRAM_H_
#define VIGIL_ENGINE_BASE_PROGRAM_H_

#include <string_view>

namespace vigil {

// Runs `body` and returns what it does; whatever it throws becomes one line on standard error,
// "NAME: input error: ...", and 1.
int RunProgram(std::string_view name, int (*body)(int argc, char** argv), int argc, char** argv);

}  // namespace vigil

#endif  // VIGIL_ENGINE_BASE_PROGRAM_H_
