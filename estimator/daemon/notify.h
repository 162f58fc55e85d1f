// What a service tells systemd, and asks of it. No-ops where no systemd listens.
#ifndef VIGIL_ESTIMATOR_DAEMON_NOTIFY_H_
#define VIGIL_ESTIMATOR_DAEMON_NOTIFY_H_

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace vigil {

// sd_notify(3). Thread-safe; none throws.
void NotifyReady(const std::string& status);
void NotifyStatus(const std::string& status);
void NotifyReloading();
void NotifyStopping();
void NotifyWatchdog();

// How often the manager wants to hear NotifyWatchdog (WatchdogSec=); none where it does not.
std::optional<std::chrono::microseconds> WatchdogInterval();

// The file of a credential (LoadCredential=), where the manager gave one of that name.
std::optional<std::filesystem::path> CredentialFile(const std::string& name);

// Whether somebody is logged in and not idle, by logind's IdleHint (org.freedesktop.login1);
// absent, with the reason in `why_not`, where there is no logind. Asks at most once in 5 s. One
// thread.
std::optional<bool> UserIsActive(std::string& why_not);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DAEMON_NOTIFY_H_
