// Times and durations as people write them on a command line.
#ifndef VIGIL_TOOLS_VIGIL_REPORT_TIME_H_
#define VIGIL_TOOLS_VIGIL_REPORT_TIME_H_

#include <chrono>
#include <cstdint>
#include <string>

namespace vigil {

// "90m", "6h", "1d". Throws Error (Api, kInvalidValue) naming the option.
std::chrono::seconds ParseDuration(const std::string& option, const std::string& text);

// UTC: "2026-11-30", "2026-11-30T06:00", "2026-11-30T06:00:00Z"; or a duration, which means so long
// before `now`. Microseconds since 1970. Throws as ParseDuration.
std::int64_t ParseTime(const std::string& option, const std::string& text, std::int64_t now_micros);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_REPORT_TIME_H_
