#include "estimator/daemon/config.h"

#include <fstream>

#include <gmock/gmock.h>

#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using testing::ErrorOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr const char* kLeast = "[models]\nestimator = \"pe.onnx\"\n";

ServiceConfig Parse(const std::string& more) {
  return ParseServiceConfig(kLeast + more, "vigild.toml");
}
std::string Refusal(const std::string& more) {
  const Error error = ErrorOf([&] { Parse(more); });
  EXPECT_EQ(error.fault(), Fault::kApi);
  return error.what();
}

TEST(ServiceConfig, TheLeast_HasTheConventionalDefaults) {
  const ServiceConfig config = Parse("");
  EXPECT_EQ(config.estimator, "pe.onnx");
  EXPECT_EQ(config.idle.idle_after, std::chrono::minutes(3));
  EXPECT_EQ(config.idle.begin_cpu_use, 0.25);
  EXPECT_TRUE(config.idle.only_on_mains);
  EXPECT_EQ(config.idle.max_celsius, 80.0);
  EXPECT_FALSE(config.idle.daily_budget);
  EXPECT_EQ(config.socket, "/run/vigil/vigild.sock");
  EXPECT_EQ(config.listen, "");
  EXPECT_EQ(config.longest_run, std::chrono::milliseconds(4));
}

TEST(ServiceConfig, EveryKey_ArrivesWhereItBelongs) {
  const ServiceConfig config = Parse(R"(
target = "t.onnx"
[store]
path = "s.db"
max_mib = 8
max_records = 9
max_verdicts = 10
max_age_hours = 11
max_records_an_hour = 12
max_written_mib_a_day = false
group = "cameras"
[keys]
secret = "s.key"
public = "p.key"
[activity]
page = "page"
[idle]
idle_after_seconds = 2.5
begin_cpu_use = 0.1
continue_cpu_use = 0.2
begin_gpu_use = 0.3
continue_gpu_use = 0.4
begin_cpu_pressure = false
begin_memory_pressure = 0.5
begin_disk_pressure = 0.6
begin_load_a_core = 2
only_on_mains = false
only_without_user = true
min_battery = 0.7
max_celsius = false
quiet_hours = "22:30-06:05"
daily_budget_minutes = 20
patience_seconds = 60
[compute]
backend = "cpu"
device = 1
threads = 3
chunk_ms = 2.5
[http]
socket = ""
listen = "[::1]:9000"
[monitors]
outliers = "m.onnx"
tail = "earliest"
drift = false
drift_block_hours = 4
drift_baseline_hours = 240
drift_false_alarms_a_year = 0.5
[report]
window_hours = 6
block_seconds = 30
block_tag = "drive"
independent_records = true
[log]
level = "debug"
)");
  EXPECT_EQ(config.target, "t.onnx");
  EXPECT_EQ(config.store_path, "s.db");
  EXPECT_EQ(config.store.max_bytes, 8 << 20);
  EXPECT_EQ(config.store.max_records, 9);
  EXPECT_EQ(config.store.max_verdicts, 10);
  EXPECT_EQ(config.store.max_age, std::chrono::hours(11));
  EXPECT_EQ(config.store.max_records_per_hour, 12);
  EXPECT_EQ(config.store.max_written_per_day, WriteRoom::kUnbounded);
  EXPECT_EQ(config.store.group, "cameras");
  EXPECT_EQ(config.secret_key, "s.key");
  EXPECT_EQ(config.public_key, "p.key");
  EXPECT_EQ(config.activity_page, "page");
  EXPECT_EQ(config.idle.idle_after, std::chrono::milliseconds(2500));
  EXPECT_EQ(config.idle.begin_cpu_use, 0.1);
  EXPECT_EQ(config.idle.continue_cpu_use, 0.2);
  EXPECT_EQ(config.idle.begin_gpu_use, 0.3);
  EXPECT_EQ(config.idle.continue_gpu_use, 0.4);
  EXPECT_FALSE(config.idle.begin_cpu_pressure);
  EXPECT_EQ(config.idle.begin_memory_pressure, 0.5);
  EXPECT_EQ(config.idle.begin_io_pressure, 0.6);
  EXPECT_EQ(config.idle.begin_load_a_core, 2.0);
  EXPECT_FALSE(config.idle.only_on_mains);
  EXPECT_TRUE(config.idle.only_without_user);
  EXPECT_EQ(config.idle.min_battery, 0.7);
  EXPECT_FALSE(config.idle.max_celsius);
  EXPECT_EQ(config.idle.quiet_hours->from, 22 * 60 + 30);
  EXPECT_EQ(config.idle.quiet_hours->to, 6 * 60 + 5);
  EXPECT_EQ(config.idle.daily_budget, std::chrono::minutes(20));
  EXPECT_EQ(config.idle.patience, std::chrono::minutes(1));
  EXPECT_EQ(config.backend, "cpu");
  EXPECT_EQ(config.device, 1);
  EXPECT_EQ(config.threads, 3);
  EXPECT_EQ(config.longest_run, std::chrono::microseconds(2500));
  EXPECT_EQ(config.monitors.tail, "earliest");
  EXPECT_EQ(config.socket, "");
  EXPECT_EQ(config.listen, "[::1]:9000");
  EXPECT_EQ(config.window, std::chrono::hours(6));
  EXPECT_EQ(config.performance.blocks.seconds, 30.0);
  EXPECT_EQ(config.performance.blocks.tag, "drive");
  EXPECT_TRUE(config.performance.blocks.independent);
  EXPECT_EQ(config.monitors.outliers, "m.onnx");
  EXPECT_EQ(config.monitors.target, "t.onnx");
  EXPECT_FALSE(config.monitors.drift);
  EXPECT_EQ(config.monitors.drift_options.block, std::chrono::hours(4));
  EXPECT_DOUBLE_EQ(config.monitors.drift_options.baseline_days, 10.0);
  EXPECT_DOUBLE_EQ(config.monitors.drift_options.false_alarms_a_year, 0.5);
  EXPECT_EQ(config.log_level, LogLevel::kDebug);
}

TEST(ServiceConfig, Alerts_AreRulesWithTheirCommands) {
  const ServiceConfig config = Parse(R"(
[[alert]]
name = "accuracy"
accuracy_below = 0.8
command = ["/bin/tell", "me"]
[[alert]]
name = "dirty lens"
cause = "blur"
share_above = 0.3
windows = 5
evidence = "sure"
)");
  ASSERT_THAT(config.alerts, SizeIs(2));
  EXPECT_EQ(config.alerts[0].rule.kind, AlertKind::kAccuracyBelow);
  EXPECT_EQ(config.alerts[0].rule.limit, 0.8);
  EXPECT_EQ(config.alerts[0].rule.windows, 3);
  EXPECT_EQ(config.alerts[0].command, (std::vector<std::string>{"/bin/tell", "me"}));
  EXPECT_EQ(config.alerts[1].rule.kind, AlertKind::kCauseAbove);
  EXPECT_EQ(config.alerts[1].rule.cause, Cause::kBlur);
  EXPECT_EQ(config.alerts[1].rule.windows, 5);
  EXPECT_EQ(config.alerts[1].rule.evidence, AlertEvidence::kSure);
}

TEST(ServiceConfig, UnknownNames_AreRefusedWithTheNearestOne) {
  EXPECT_EQ(Refusal("[idle]\nidle_afer_seconds = 3\n"),
            "config 'vigild.toml', line 4, [idle]: no key 'idle_afer_seconds'; did you mean "
            "'idle_after_seconds'?");
  EXPECT_THAT(Refusal("[stor]\npath = \"x\"\n"),
              HasSubstr("line 3, [top level]: no key 'stor'; did you mean 'store'?"));
  EXPECT_THAT(Refusal("[[alert]]\nname = \"a\"\naccuracy_below = 0.5\nwindow = 3\n"),
              HasSubstr("did you mean 'windows'?"));
}

TEST(ServiceConfig, WhatCannotBe_IsRefusedWithLineKeyAndWhatWasExpected) {
  EXPECT_EQ(
      Refusal("[idle]\nbegin_cpu_use = 25\n"),
      "config 'vigild.toml', line 4, [idle] begin_cpu_use = 25: expected a number from 0 to 1, "
      "or false for no limit");
  EXPECT_THAT(Refusal("[idle]\nmax_celsius = true\n"), HasSubstr("or false for no limit"));
  EXPECT_THAT(Refusal("[idle]\nquiet_hours = \"22:00-22:00\"\n"), HasSubstr("two different times"));
  EXPECT_THAT(Refusal("[idle]\nquiet_hours = \"25:00-06:00\"\n"), HasSubstr("two different times"));
  EXPECT_THAT(Refusal("[idle]\nbegin_cpu_use = 0.5\ncontinue_cpu_use = 0.3\n"),
              HasSubstr("at least what it takes to begin, 0.5"));
  EXPECT_THAT(Refusal("[store]\nmax_records = 1.5\n"), HasSubstr("a whole number from 1"));
  EXPECT_THAT(Refusal("[store]\npath = 7\n"), HasSubstr("a text in quotes"));
  EXPECT_THAT(Refusal("[compute]\nbackend = \"cuda\"\n"), HasSubstr("\"auto\", \"vulkan\""));
  EXPECT_THAT(Refusal("[http]\nlisten = \"0.0.0.0:80\"\n"), HasSubstr("a loopback address"));
  EXPECT_THAT(Refusal("[http]\nlisten = \"127.0.0.1:99999\"\n"), HasSubstr("a loopback address"));
  EXPECT_THAT(Refusal("[idle]\nmin_battery = nan\n"), HasSubstr("a number from 0 to 1"));
  EXPECT_THAT(Refusal("[[alert]]\nname = \"a\"\n"), HasSubstr("either accuracy_below, or cause"));
  EXPECT_THAT(Refusal("[[alert]]\nname = \"a\"\nshare_above = 0.1\ncause = \"rain\"\n"),
              HasSubstr("\"blur\""));
  EXPECT_THAT(Refusal("[alert]\nname = \"a\"\n"), HasSubstr("expected [[alert]]"));
  const Error missing = ErrorOf([] { ParseServiceConfig("", "vigild.toml"); });
  EXPECT_STREQ(missing.what(),
               "config 'vigild.toml', [models] estimator: expected the path of PE's ONNX file");
}

TEST(ServiceConfig, WhatIsNoToml_IsRefusedWithItsLine) {
  const Error error =
      ErrorOf([] { ParseServiceConfig("[models]\nestimator = \n", "vigild.toml"); });
  EXPECT_EQ(error.code(), ErrorCode::kMalformed);
  EXPECT_THAT(error.what(), HasSubstr("config 'vigild.toml', line 2"));
  EXPECT_EQ(ErrorOf([] { ReadServiceConfig("/nowhere/vigild.toml"); }).code(),
            ErrorCode::kNotFound);
}

// What is commented out in the file that is shipped says what the defaults are.
TEST(ServiceConfig, TheShippedFile_IsSound_AlsoWithItsCommentsTakenOut) {
  std::ifstream file(std::string(VIGIL_SOURCE_DIR) + "/tools/vigild/vigild.toml");
  std::string text, opened;
  for (std::string line; std::getline(file, line);) {
    text += line + "\n";
    const bool setting = line.starts_with("#") && line.size() > 1 && line[1] != ' ';
    opened += (setting ? line.substr(1) : line) + "\n";
  }
  const ServiceConfig shipped = ParseServiceConfig(text, "shipped");
  const ServiceConfig all = ParseServiceConfig(opened, "opened");
  EXPECT_EQ(shipped.alerts.size(), 0u);
  EXPECT_EQ(all.alerts.size(), 2u);
  EXPECT_EQ(Describe(all.idle), Describe(shipped.idle));
  EXPECT_EQ(all.store.max_bytes, shipped.store.max_bytes);
  EXPECT_EQ(all.store.max_records, shipped.store.max_records);
  EXPECT_EQ(all.store.max_verdicts, shipped.store.max_verdicts);
  EXPECT_EQ(all.store.max_age, shipped.store.max_age);
  EXPECT_EQ(all.store.max_records_per_hour, shipped.store.max_records_per_hour);
  EXPECT_EQ(all.store.max_written_per_day, shipped.store.max_written_per_day);
  EXPECT_EQ(all.store_path, shipped.store_path);
  EXPECT_EQ(all.secret_key, shipped.secret_key);
  EXPECT_EQ(all.public_key, shipped.public_key);
  EXPECT_EQ(all.activity_page, shipped.activity_page);
  EXPECT_EQ(all.longest_run, shipped.longest_run);
  EXPECT_EQ(all.socket, shipped.socket);
  EXPECT_EQ(all.window, shipped.window);
  EXPECT_EQ(all.log_level, shipped.log_level);
}

}  // namespace
}  // namespace vigil
