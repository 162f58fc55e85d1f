#include "estimator/daemon/config.h"

#include <algorithm>
#include <cstdio>
#include <tuple>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "estimator/daemon/config_section.h"

namespace vigil {
namespace {

using std::chrono::milliseconds;

constexpr double kDay = 24.0 * 3600.0;

milliseconds Milliseconds(double seconds) {
  return milliseconds(static_cast<std::int64_t>(seconds * 1e3));
}

void ReadModels(ConfigSection section, ServiceConfig& config) {
  config.estimator = section.String("estimator", "");
  config.target = section.String("target", "");
  section.Close();
  if (config.estimator.empty()) section.Refuse("estimator", "the path of PE's ONNX file");
}

void ReadStore(ConfigSection section, ServiceConfig& config) {
  StoreOptions& store = config.store;
  config.store_path = section.String("path", config.store_path);
  store.max_bytes = section.Integer("max_mib", store.max_bytes >> 20, 1, 1 << 20) << 20;
  store.max_records = section.Integer("max_records", store.max_records, 1, 100'000'000);
  store.max_verdicts = section.Integer("max_verdicts", store.max_verdicts, 1, 100'000'000);
  const std::int64_t hours = std::chrono::duration_cast<std::chrono::hours>(store.max_age).count();
  store.max_age = std::chrono::hours(section.Integer("max_age_hours", hours, 1, 24 * 3650));
  const auto wear = [&](const char* key, double standard, double unit) {
    const std::optional<double> limit = section.Limit(key, standard / unit, 1.0, 1e9);
    return limit ? static_cast<std::int64_t>(*limit * unit) : WriteRoom::kUnbounded;
  };
  store.max_records_per_hour =
      wear("max_records_an_hour", static_cast<double>(store.max_records_per_hour), 1.0);
  store.max_written_per_day =
      wear("max_written_mib_a_day", static_cast<double>(store.max_written_per_day), 1 << 20);
  store.group = section.String("group", store.group);
  section.Close();
}

// "22:00-06:30"; empty: none.
std::optional<DaySpan> ReadSpan(ConfigSection& section, const char* key) {
  const std::string text = section.String(key, "");
  if (text.empty()) return std::nullopt;
  int from_hour = 0, from_minute = 0, to_hour = 0, to_minute = 0;
  char rest = 0;
  const int read = std::sscanf(text.c_str(), "%2d:%2d-%2d:%2d%c", &from_hour, &from_minute,
                               &to_hour, &to_minute, &rest);
  const DaySpan span{from_hour * 60 + from_minute, to_hour * 60 + to_minute};
  const auto valid = [](int hour, int minute) {
    return hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
  };
  if (read != 4 || !valid(from_hour, from_minute) || !valid(to_hour, to_minute) ||
      span.from == span.to) {
    section.Refuse(key, "two different times of the local day, such as \"22:00-06:00\"");
  }
  return span;
}

void ReadIdle(ConfigSection section, IdlePolicy& idle) {
  const auto seconds_of = [](milliseconds time) {
    return std::chrono::duration<double>(time).count();
  };
  idle.idle_after =
      Milliseconds(section.Number("idle_after_seconds", seconds_of(idle.idle_after), 0.0, kDay));
  const auto use = [&](const char* key, double standard) {
    return section.Limit(key, standard, 0.0, 1.0).value_or(IdlePolicy::kAnyUse);
  };
  idle.begin_cpu_use = use("begin_cpu_use", idle.begin_cpu_use);
  idle.continue_cpu_use = use("continue_cpu_use", idle.continue_cpu_use);
  idle.begin_gpu_use = use("begin_gpu_use", idle.begin_gpu_use);
  idle.continue_gpu_use = use("continue_gpu_use", idle.continue_gpu_use);
  idle.begin_cpu_pressure = section.Limit("begin_cpu_pressure", idle.begin_cpu_pressure, 0.0, 1.0);
  idle.begin_memory_pressure =
      section.Limit("begin_memory_pressure", idle.begin_memory_pressure, 0.0, 1.0);
  idle.begin_io_pressure = section.Limit("begin_disk_pressure", idle.begin_io_pressure, 0.0, 1.0);
  idle.begin_load_a_core = section.Limit("begin_load_a_core", idle.begin_load_a_core, 0.0, 1000.0);
  idle.only_on_mains = section.Bool("only_on_mains", idle.only_on_mains);
  idle.only_without_user = section.Bool("only_without_user", idle.only_without_user);
  idle.min_battery = section.Limit("min_battery", idle.min_battery, 0.0, 1.0);
  idle.max_celsius = section.Limit("max_celsius", idle.max_celsius, -40.0, 200.0);
  idle.quiet_hours = ReadSpan(section, "quiet_hours");
  if (const auto minutes = section.Limit("daily_budget_minutes", std::nullopt, 0.0, 1440.0))
    idle.daily_budget = Milliseconds(*minutes * 60.0);
  if (const auto seconds = section.Limit("patience_seconds", std::nullopt, 0.0, 7.0 * kDay))
    idle.patience = Milliseconds(*seconds);
  section.Close();
  for (const auto& [begin, go_on, key] :
       {std::tuple{idle.begin_cpu_use, idle.continue_cpu_use, "continue_cpu_use"},
        std::tuple{idle.begin_gpu_use, idle.continue_gpu_use, "continue_gpu_use"}}) {
    if (go_on < begin) section.Refuse(key, Text("at least what it takes to begin, ", begin));
  }
}

void ReadCompute(ConfigSection section, ServiceConfig& config) {
  config.backend = section.OneOf("backend", config.backend, {"auto", "vulkan", "cpu", "reference"});
  config.device = static_cast<int>(section.Integer("device", config.device, -1, 63));
  config.threads = static_cast<int>(section.Integer("threads", config.threads, 0, 1024));
  const double standard = std::chrono::duration<double, std::milli>(config.longest_run).count();
  config.longest_run = std::chrono::microseconds(
      static_cast<std::int64_t>(1e3 * section.Number("chunk_ms", standard, 0.1, 1000.0)));
  section.Close();
}

void ReadHttp(ConfigSection section, ServiceConfig& config) {
  config.socket = section.String("socket", config.socket);
  config.listen = section.String("listen", config.listen);
  section.Close();
  if (config.listen.empty()) return;
  // What is shown is about a device's users: it does not leave the device by a slip of a number.
  const std::size_t colon = config.listen.rfind(':');
  const std::string host = config.listen.substr(0, colon);
  int port = 0;
  char rest = 0;
  if (colon == std::string::npos || (host != "127.0.0.1" && host != "[::1]") ||
      std::sscanf(config.listen.c_str() + colon, ":%5d%c", &port, &rest) != 1 || port < 1 ||
      port > 65535) {
    section.Refuse("listen", "a loopback address and a port, such as \"127.0.0.1:9477\"");
  }
}

void ReadReport(ConfigSection section, ServiceConfig& config) {
  BlockOptions& blocks = config.performance.blocks;
  config.window = std::chrono::hours(section.Integer("window_hours", config.window.count(), 1, 24));
  blocks.seconds = section.Number("block_seconds", blocks.seconds, 0.1, kDay);
  blocks.tag = section.String("block_tag", "");
  blocks.independent = section.Bool("independent_records", false);
  section.Close();
}

void ReadMonitors(ConfigSection section, ServiceConfig& config) {
  MonitorOptions& monitors = config.monitors;
  monitors.outliers = section.String("outliers", monitors.outliers.string());
  monitors.tail = section.String("tail", monitors.tail);
  monitors.target = config.target;
  if (!monitors.tail.empty() && monitors.target.empty())
    section.Refuse("tail", "a target under [models], which it is cut from");
  DriftOptions& drift = monitors.drift_options;
  monitors.drift = section.Bool("drift", monitors.drift);
  drift.block =
      std::chrono::hours(section.Integer("drift_block_hours", drift.block.count(), 1, 24));
  drift.baseline_days =
      section.Number("drift_baseline_hours", 24.0 * drift.baseline_days, 48.0, 24.0 * 365.0) / 24.0;
  drift.false_alarms_a_year =
      section.Number("drift_false_alarms_a_year", drift.false_alarms_a_year, 0.001, 100.0);
  section.Close();
  if (24 % drift.block.count() != 0)
    section.Refuse("drift_block_hours", "a part of a day: 1, 2, 3, 4, 6, 8, 12 or 24");
}

AlertConfig ReadAlert(ConfigSection section) {
  AlertConfig alert;
  AlertRule& rule = alert.rule;
  rule.name = section.String("name", "");
  if (rule.name.empty()) section.Refuse("name", "a text in quotes");
  if (section.Has("accuracy_below") == section.Has("share_above")) {
    section.Refuse(section.Has("accuracy_below") ? "share_above" : "accuracy_below",
                   "either accuracy_below, or cause and share_above");
  }
  if (section.Has("accuracy_below")) {
    rule.kind = AlertKind::kAccuracyBelow;
    rule.limit = section.Number("accuracy_below", 0.0, 0.0, 1.0);
  } else {
    rule.kind = AlertKind::kCauseAbove;
    rule.limit = section.Number("share_above", 0.0, 0.0, 1.0);
    std::vector<std::string> causes;
    for (int i = 0; i < kCauseCount; ++i) causes.emplace_back(CauseName(static_cast<Cause>(i)));
    const std::string cause = section.OneOf("cause", "", causes);
    rule.cause = static_cast<Cause>(std::ranges::find(causes, cause) - causes.begin());
  }
  rule.windows = static_cast<int>(section.Integer("windows", rule.windows, 1, 1000));
  if (section.Has("evidence"))
    rule.evidence =
        AlertEvidenceFromName(section.OneOf("evidence", "", {"possible", "likely", "sure"}));
  alert.command = section.Strings("command");
  section.Close();
  return alert;
}

void ReadAlerts(const toml::table& document, const std::string& name, ServiceConfig& config) {
  const toml::node* node = document.get("alert");
  if (!node) return;
  const auto* array = node->as_array();
  if (!array || !array->is_homogeneous<toml::table>()) {
    throw Error(Fault::kApi, ErrorCode::kInvalidValue,
                Text("config '", name, "', line ", node->source().begin.line,
                     ": 'alert' is no list of tables: expected [[alert]]"));
  }
  for (const toml::node& element : *array)
    config.alerts.push_back(ReadAlert(ConfigSection(name, "alert", element.as_table())));
}

LogLevel LogLevelOf(const std::string& name) {
  return name == "debug"     ? LogLevel::kDebug
         : name == "info"    ? LogLevel::kInfo
         : name == "warning" ? LogLevel::kWarning
                             : LogLevel::kError;
}

}  // namespace

ServiceConfig ParseServiceConfig(std::string_view toml, const std::string& name) {
  toml::table document;
  try {
    document = toml::parse(toml, name);
  } catch (const toml::parse_error& error) {
    throw Error(Fault::kInput, ErrorCode::kMalformed,
                Text("config '", name, "', line ", error.source().begin.line, ": ",
                     error.description(), ": expected TOML"));
  }
  ServiceConfig config;
  std::vector<std::string> known;
  const auto section = [&](const char* key) {
    known.emplace_back(key);
    const toml::node* node = document.get(key);
    if (node && !node->is_table()) {
      throw Error(Fault::kApi, ErrorCode::kInvalidValue,
                  Text("config '", name, "', line ", node->source().begin.line, ": '", key,
                       "' is no table: expected [", key, "]"));
    }
    return ConfigSection(name, key, node ? node->as_table() : nullptr);
  };
  ReadModels(section("models"), config);
  ReadStore(section("store"), config);
  ConfigSection keys = section("keys");
  config.secret_key = keys.String("secret", config.secret_key);
  config.public_key = keys.String("public", config.public_key);
  keys.Close();
  ConfigSection activity = section("activity");
  config.activity_page = activity.String("page", config.activity_page);
  activity.Close();
  ReadIdle(section("idle"), config.idle);
  ReadCompute(section("compute"), config);
  ReadHttp(section("http"), config);
  ReadReport(section("report"), config);
  ReadMonitors(section("monitors"), config);
  ConfigSection log = section("log");
  config.log_level = LogLevelOf(log.OneOf("level", "info", {"debug", "info", "warning", "error"}));
  log.Close();
  ReadAlerts(document, name, config);
  known.emplace_back("alert");
  ConfigSection top(name, "top level", &document);
  for (const std::string& key : known) top.Know(key);
  top.Close();
  return config;
}

ServiceConfig ReadServiceConfig(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = ReadFileBytes(path);
  return ParseServiceConfig({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                            path.string());
}

}  // namespace vigil
