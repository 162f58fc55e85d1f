#include "tools/vigil/report_time.h"

#include <ctime>
#include <optional>

#include <time.h>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

std::optional<std::chrono::seconds> DurationOf(const std::string& text) {
  constexpr std::size_t kMostDigits = 6;  // so that nothing overflows
  const std::size_t digits = text.find_first_not_of("0123456789");
  if (digits == 0 || digits > kMostDigits || digits + 1 != text.size()) return std::nullopt;
  const std::chrono::seconds::rep count = std::stol(text);
  switch (text[digits]) {
    case 'm':
      return std::chrono::minutes(count);
    case 'h':
      return std::chrono::hours(count);
    case 'd':
      return std::chrono::hours(24 * count);
    default:
      return std::nullopt;
  }
}

std::optional<std::int64_t> TimeOf(const std::string& text) {
  for (const char* format : {"%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%S",
                             "%Y-%m-%dT%H:%M:%SZ"}) {
    std::tm parts{};
    const char* end = strptime(text.c_str(), format, &parts);
    if (end == nullptr || *end != '\0') continue;
    const int day = parts.tm_mday;
    const std::int64_t seconds = timegm(&parts);
    if (parts.tm_mday != day) return std::nullopt;  // 30 February
    return seconds * 1'000'000;
  }
  return std::nullopt;
}

}  // namespace

std::chrono::seconds ParseDuration(const std::string& option, const std::string& text) {
  if (const auto duration = DurationOf(text)) return *duration;
  throw Error(Fault::kApi, ErrorCode::kInvalidValue,
              Text(option, " '", text, "': expected minutes, hours or days such as 90m, 6h, 1d"));
}

std::int64_t ParseTime(const std::string& option, const std::string& text,
                       std::int64_t now_micros) {
  if (const auto ago = DurationOf(text)) return now_micros - ago->count() * 1'000'000;
  if (const auto time = TimeOf(text)) return *time;
  throw Error(Fault::kApi, ErrorCode::kInvalidValue,
              Text(option, " '", text,
                   "': expected a time in UTC such as 2026-11-30 or 2026-11-30T06:00, or how long "
                   "ago, such as 7d"));
}

}  // namespace vigil
