#include "estimator/daemon/notify.h"

#include <cstdlib>
#include <cstring>

#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "engine/base/clock.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

void Send(const std::string& message) { sd_notify(0, message.c_str()); }

// One line: a newline would begin another assignment.
std::string StatusLine(const std::string& status) {
  std::string line = "STATUS=" + status;
  for (char& c : line) {
    if (c == '\n') c = ' ';
  }
  return line;
}

struct IdleHint {
  std::optional<bool> active;
  std::string why_not;
};

IdleHint AskLogind() {
  sd_bus* bus = nullptr;
  int result = sd_bus_open_system(&bus);
  if (result < 0) {
    sd_bus_unref(bus);
    return {std::nullopt, Text("no system bus: ", std::strerror(-result))};
  }
  sd_bus_set_method_call_timeout(bus, 1'000'000);
  sd_bus_error error = SD_BUS_ERROR_NULL;
  int idle = 0;
  result =
      sd_bus_get_property_trivial(bus, "org.freedesktop.login1", "/org/freedesktop/login1",
                                  "org.freedesktop.login1.Manager", "IdleHint", &error, 'b', &idle);
  IdleHint hint;
  if (result < 0) {
    hint.why_not =
        Text("no login manager: ", error.message ? error.message : std::strerror(-result));
  } else {
    hint.active = idle == 0;
  }
  sd_bus_error_free(&error);
  sd_bus_flush_close_unref(bus);
  return hint;
}

}  // namespace

void NotifyReady(const std::string& status) { Send("READY=1\n" + StatusLine(status)); }
void NotifyStatus(const std::string& status) { Send(StatusLine(status)); }
void NotifyStopping() { Send("STOPPING=1"); }
void NotifyWatchdog() { Send("WATCHDOG=1"); }

void NotifyReloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const long long micros = now.tv_sec * 1'000'000LL + now.tv_nsec / 1000;
  Send(Text("RELOADING=1\nMONOTONIC_USEC=", micros));
}

std::optional<std::chrono::microseconds> WatchdogInterval() {
  std::uint64_t micros = 0;
  if (sd_watchdog_enabled(0, &micros) <= 0) return std::nullopt;
  return std::chrono::microseconds(micros);
}

std::optional<std::filesystem::path> CredentialFile(const std::string& name) {
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (!folder || !*folder) return std::nullopt;
  const std::filesystem::path path = std::filesystem::path(folder) / name;
  std::error_code unused;
  if (!std::filesystem::exists(path, unused)) return std::nullopt;
  return path;
}

std::optional<bool> UserIsActive(std::string& why_not) {
  static IdleHint hint;
  static std::optional<std::chrono::nanoseconds> asked;
  const std::chrono::nanoseconds now = SystemClock().Monotonic();
  if (!asked || now - *asked >= std::chrono::seconds(5)) {
    hint = AskLogind();
    asked = now;
  }
  why_not = hint.why_not;
  return hint.active;
}

}  // namespace vigil
