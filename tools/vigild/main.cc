// vigild, the device service: composition, signals, and what systemd wants to hear.
#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>

#include <CLI/CLI.hpp>

#include "engine/base/error.h"
#include "engine/base/log.h"
#include "engine/base/program.h"
#include "engine/base/text.h"
#include "estimator/daemon/config.h"
#include "estimator/daemon/device_service.h"
#include "estimator/daemon/http_server.h"
#include "estimator/daemon/notify.h"
#include "estimator/daemon/routes.h"

namespace vigil {
namespace {

constexpr int kUsage = 2;
constexpr timespec kTick{.tv_sec = 1, .tv_nsec = 0};
constexpr std::chrono::minutes kPageEvery{1};

ServiceConfig Load(const std::string& path) {
  ServiceConfig config = ReadServiceConfig(path);
  if (const auto credential = CredentialFile("vigil.secret-key")) config.secret_key = *credential;
  return config;
}

// The signals that the loop takes; blocked in every thread, since all start after this.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

// The service that runs now, which SIGHUP puts another in the place of.
class Current {
 public:
  std::shared_ptr<DeviceService> get() const {
    const std::lock_guard lock(mutex_);
    return service_;
  }
  void Set(std::shared_ptr<DeviceService> service) {
    const std::lock_guard lock(mutex_);
    service_ = std::move(service);
  }

 private:
  mutable std::mutex mutex_;  // guards service_
  std::shared_ptr<DeviceService> service_;
};

class Daemon {
 public:
  explicit Daemon(std::string config_path) : config_path_(std::move(config_path)) {
    const ServiceConfig config = Load(config_path_);
    InitLog(config.log_level);
    current_.Set(std::make_shared<DeviceService>(config));
    http_ = Listen(config);
    current_.get()->Start();
  }

  void Run(const sigset_t& signals) {
    NotifyReady("started");
    Log(LogLevel::kInfo,
        Text("vigild ", VIGIL_VERSION, " runs; PE on ", current_.get()->Status().backend, "; ",
             current_.get()->Status().idle_policy));
    while (true) {
      const int signal = sigtimedwait(&signals, nullptr, &kTick);
      if (signal == SIGTERM || signal == SIGINT) break;
      if (signal == SIGHUP) Reload();
      MakePageAgain();
      Tick();
    }
    NotifyStopping();
    http_.reset();
    current_.get()->Stop();
    Log(LogLevel::kInfo, "vigild stopped");
  }

 private:
  std::unique_ptr<HttpServer> Listen(const ServiceConfig& config) {
    return std::make_unique<HttpServer>(HttpPlaces{config.socket, config.listen},
                                        ServiceRoutes([this] { return current_.get(); }));
  }

  void Tick() {
    const std::shared_ptr<DeviceService> service = current_.get();
    service->Tick();
    const SchedulerStatus status = service->scheduler();
    if (!service->Hangs(status)) NotifyWatchdog();
    std::string line = Text(StateName(status.state), ": ", status.reason);
    if (line == told_) return;
    NotifyStatus(line);
    told_ = std::move(line);
  }

  // At most once a minute, since what took the page away may do so again, or forbid another.
  void MakePageAgain() {
    const auto now = std::chrono::steady_clock::now();
    if (!current_.get()->PageIsGone() || now < next_page_) return;
    next_page_ = now + kPageEvery;
    Log(LogLevel::kWarning, "the activity page was taken away: reloading to make another");
    Reload();
  }

  // A configuration that does not work leaves the old service running.
  void Reload() {
    NotifyReloading();
    try {
      const ServiceConfig config = Load(config_path_);
      const std::shared_ptr<DeviceService> old = current_.get();
      const auto fresh = std::make_shared<DeviceService>(config);
      ListenAt(config, old->config());
      old->Stop();
      fresh->Start();
      current_.Set(fresh);
      InitLog(config.log_level);
      Log(LogLevel::kInfo, Text("reloaded '", config_path_, "'"));
    } catch (const std::exception& error) {
      Log(LogLevel::kError, Text("not reloaded, the old configuration goes on: ", error.what()));
    }
    NotifyReady("reloaded");
  }

  // The old places are left first, since one of them may stay.
  void ListenAt(const ServiceConfig& config, const ServiceConfig& old) {
    if (config.socket == old.socket && config.listen == old.listen) return;
    http_.reset();
    try {
      http_ = Listen(config);
    } catch (const Error&) {
      http_ = Listen(old);
      throw;
    }
  }

  const std::string config_path_;
  Current current_;
  std::unique_ptr<HttpServer> http_;
  std::string told_;
  std::chrono::steady_clock::time_point next_page_;
};

int Main(int argc, char** argv) {
  InitLog(LogLevel::kInfo);
  CLI::App app(
      "Vigil's device service: judges what a deployed model kept, when the device is idle.",
      "vigild");
  std::string config_path;
  bool check = false;
  app.add_option("--config", config_path, "TOML file (README, The device service)")->required();
  app.add_flag("--check-config", check, "Read the configuration, say whether it is sound, and end");
  app.set_version_flag("--version", VIGIL_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  if (check) {
    const ServiceConfig config = ReadServiceConfig(config_path);
    std::cout << config_path << " is sound: " << Describe(config.idle) << "\n";
    return 0;
  }
  const sigset_t signals = BlockSignals();
  Daemon(config_path).Run(signals);
  return 0;
}

}  // namespace
}  // namespace vigil

int main(int argc, char** argv) { return vigil::RunProgram("vigild", vigil::Main, argc, argv); }
