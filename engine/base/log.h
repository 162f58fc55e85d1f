// The project's log: spdlog's default logger on standard error, so that standard output stays for
// results.
#ifndef VIGIL_ENGINE_BASE_LOG_H_
#define VIGIL_ENGINE_BASE_LOG_H_

#include <string_view>

namespace vigil {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

// Call once at start, from one thread. Default: warnings and errors.
void InitLog(LogLevel level);

// Thread-safe. Never log image bytes, taps or outputs.
void Log(LogLevel level, std::string_view message);

}  // namespace vigil

#endif  // VIGIL_ENGINE_BASE_LOG_H_
