// vigild's configuration file, TOML.
#ifndef VIGIL_ESTIMATOR_DAEMON_CONFIG_H_
#define VIGIL_ESTIMATOR_DAEMON_CONFIG_H_

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/log.h"
#include "estimator/idle/policy.h"
#include "estimator/monitor/alerts.h"
#include "estimator/service/monitors.h"
#include "estimator/store/store.h"

namespace vigil {

struct AlertConfig {
  AlertRule rule;
  std::vector<std::string> command;  // run on every change; empty: none
};

struct ServiceConfig {
  // [models]
  std::filesystem::path estimator;  // PE's ONNX file
  std::filesystem::path target;     // T's; records of another are set aside. Empty: not checked

  // [store]; the codec is the service's to set
  std::string store_path = "/var/lib/vigil/records.db";
  StoreOptions store;

  // [keys]; made at the first start
  std::filesystem::path secret_key = "/var/lib/vigil/secret.key";
  std::filesystem::path public_key = "/var/lib/vigil/public.key";

  // [activity]
  std::string activity_page = "/run/vigil/activity";

  // [idle]
  IdlePolicy idle;

  // [compute]
  std::string backend = "auto";
  int device = -1;                              // of Vulkan; -1: the best
  int threads = 0;                              // of the CPU; 0: all
  std::chrono::microseconds longest_run{4000};  // of PE on a GPU, without looking at T

  // [http]
  std::string socket = "/run/vigil/vigild.sock";  // empty: none
  std::string listen;                             // "127.0.0.1:9477"; empty: none

  // [report]
  std::chrono::hours window{1};  // of the estimates over time, and of alerts
  PerformanceOptions performance;

  // [monitors]
  MonitorOptions monitors;  // its target is the one above, where its tail is not empty

  // [[alert]]
  std::vector<AlertConfig> alerts;

  // [log]
  LogLevel log_level = LogLevel::kInfo;
};

// Throws Error: (Input, kNotFound | kIo) naming the file; (Input, kMalformed) with the line where
// it is no TOML; (Api, kInvalidValue) with the line, the key, what it holds and what was expected;
// a key that is not known is an error that names the nearest one. Looks at no other file.
ServiceConfig ReadServiceConfig(const std::filesystem::path& path);

// The same of a text; `name` stands for it in messages.
ServiceConfig ParseServiceConfig(std::string_view toml, const std::string& name);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DAEMON_CONFIG_H_
