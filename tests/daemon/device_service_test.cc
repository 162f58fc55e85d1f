#include "estimator/daemon/device_service.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "estimator/daemon/metrics.h"
#include "estimator/daemon/routes.h"
#include "tests/daemon/daemon_fixture.h"

namespace vigil {
namespace {

using testing::ErrorOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class DeviceServiceTest : public testing::DaemonTest {
 protected:
  void JudgeAll(DeviceService& service, std::int64_t records) {
    service.Start();
    EXPECT_TRUE(WaitUntil([&] {
      return service.Status().store.totals.judged + service.Status().store.totals.set_aside >=
             records;
    })) << service.Status().scheduler.reason;
  }
};

TEST_F(DeviceServiceTest, FirstStart_MakesKeysStoreAndPage_AndJudgesWhatTSealed) {
  DeviceService service(Config());
  AppendRecords(20, 3.0f);
  EXPECT_EQ(service.Status().scheduler.state, SchedulerState::kStopped);
  JudgeAll(service, 20);
  service.Stop();
  const std::vector<Verdict> verdicts = service.store().Verdicts();
  ASSERT_THAT(verdicts, SizeIs(20));
  EXPECT_TRUE(verdicts[0].correct);
  EXPECT_NEAR(verdicts[0].p_correct_calibrated, 0.9, 0.01);
  EXPECT_TRUE(service.store().Verify().empty());
  const std::shared_ptr<const DeviceReport> report = service.Report();
  ASSERT_TRUE(report->overall.available) << report->overall.reason_if_none;
  EXPECT_NEAR(report->overall.accuracy.value, 0.9, 0.01);
  EXPECT_EQ(report->estimator_name, "pe.onnx");
}

TEST_F(DeviceServiceTest, Stop_WritesDownHowTheTimeWasSpent_AndTheBudgetGoesOn) {
  {
    DeviceService service(Config());
    AppendRecords(5, 3.0f);
    JudgeAll(service, 5);
    EXPECT_TRUE(
        WaitUntil([&] { return service.Status().scheduler.blocker == Blocker::kNoRecords; }));
    service.Stop();
    std::int64_t records = 0;
    bool waited = false;
    for (const IdleTime& time : service.store().IdleTimes()) {
      records += time.records;
      waited |= time.doing == "waiting" && time.why == "no-records";
    }
    EXPECT_EQ(records, 5);
    EXPECT_TRUE(waited);
  }
  // A minute was spent today by an earlier process: no more than that is allowed.
  {
    Store store(path_, {.codec = LookingCodec()});
    int day = 0;
    ASSERT_EQ(std::sscanf(store.Note("worked_today").c_str(), "%d", &day), 1);
    store.PutNote("worked_today", std::to_string(day) + " 61");
  }
  DeviceService service(Config("daily_budget_minutes = 1\n"));
  AppendRecords(5, 3.0f);
  service.Start();
  EXPECT_TRUE(WaitUntil([&] { return service.Status().scheduler.blocker == Blocker::kBudget; }));
  EXPECT_EQ(service.Status().store.records, 5);
}

TEST_F(DeviceServiceTest, RecordsOfAnotherTarget_AreSetAsideWithTheReason) {
  std::ofstream(File("t.onnx")) << "T";
  ServiceConfig config = Config();
  config.target = File("t.onnx");
  DeviceService service(config);
  AppendRecords(3, 3.0f, 99);
  JudgeAll(service, 3);
  service.Stop();
  const std::vector<SetAsideFault> faults = service.store().SetAsideFaults();
  ASSERT_THAT(faults, SizeIs(1));
  EXPECT_EQ(faults[0].records, 3);
  EXPECT_THAT(faults[0].message, HasSubstr("is of the model with hash 0000000000000063, expected"));
  // Each was tried twice, and counted as an incident of the family Input each time.
  const std::vector<Incident> incidents = service.store().Incidents();
  ASSERT_THAT(incidents, SizeIs(1));
  EXPECT_EQ(incidents[0].place, "record");
  EXPECT_EQ(incidents[0].count, 6);
  EXPECT_THAT(OpenMetrics(service.Status(), *service.Report()),
              HasSubstr("vigil_incidents_total{family=\"input\",code=\"invalid-value\","
                        "severity=\"major\"} 6\n"));
}

TEST_F(DeviceServiceTest, WhatCannotWork_SaysSoBeforeAnythingRuns) {
  ServiceConfig config = Config();
  config.estimator = File("nowhere.onnx");
  EXPECT_EQ(ErrorOf([&] { DeviceService{config}; }).code(), ErrorCode::kNotFound);
  config = Config();
  std::ofstream(config.secret_key) << "no key";
  std::filesystem::permissions(config.secret_key, std::filesystem::perms{0600});
  EXPECT_THAT(ErrorOf([&] { DeviceService{config}; }).what(), HasSubstr("secret.key"));
}

TEST_F(DeviceServiceTest, DamagedStore_IsSalvagedAtTheStart_AndTGoesOn) {
  { DeviceService makes_the_keys(Config()); }
  AppendRecords(400, 3.0f);
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) * 7 / 10);
  DeviceService service(Config());
  EXPECT_TRUE(std::filesystem::exists(path_ + ".damaged"));
  service.Stop();
  const std::vector<Incident> incidents = service.store().Incidents();
  ASSERT_THAT(incidents, SizeIs(1));
  EXPECT_EQ(incidents[0].place, "store");
  EXPECT_EQ(incidents[0].code, "malformed");
  const StoreStats stats = service.Status().store;
  EXPECT_GT(stats.records, 100);
  EXPECT_GT(stats.totals.set_aside, 0);
  AppendRecords(10, 3.0f);
  service.Start();
  EXPECT_TRUE(WaitUntil([&] { return service.Status().store.records == 0; }));
  EXPECT_EQ(service.Status().store.verdicts, stats.records + 10);
  EXPECT_TRUE(service.store().Verify().empty());
}

TEST_F(DeviceServiceTest, AlertThatFires_RunsItsCommandOnce_AndStaysKnownOverARestart) {
  const std::string told = File("told");
  const std::string alert =
      "[[alert]]\nname = \"accuracy\"\naccuracy_below = 0.5\nwindows = 1\ncommand = [\"/bin/sh\", "
      "\"-c\", \"echo $VIGIL_ALERT $VIGIL_ALERT_STATE >> " +
      told + "\"]\n";
  const auto lines_told = [&] {
    std::ifstream file(told);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  };
  for (int start = 0; start < 2; ++start) {
    DeviceService service(Config(alert));
    AppendRecords(60, -3.0f);  // judged wrong: an accuracy of 20 %
    JudgeAll(service, 60 * (start + 1));
    EXPECT_TRUE(WaitUntil([&] {
      service.Tick();
      return !lines_told().empty();
    }));
    EXPECT_THAT(OpenMetrics(service.Status(), *service.Report()),
                HasSubstr("vigil_alert_firing{rule=\"accuracy\"} 1\n"));
  }
  EXPECT_EQ(lines_told(), (std::vector<std::string>{"accuracy firing"}));
}

// Each family is named once, before its samples; the text ends with "# EOF" (OpenMetrics 1.0).
void ExpectWellFormed(const std::string& text) {
  std::istringstream lines(text);
  std::set<std::string> families;
  std::string family, last;
  for (std::string line; std::getline(lines, line); last = line) {
    if (line.starts_with("# TYPE ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(families.insert(family).second) << family << " stands twice";
    } else if (line.starts_with("# UNIT ")) {
      std::string ending = line.substr(line.rfind(' '));
      ending[0] = '_';
      EXPECT_TRUE(family.ends_with(ending)) << line;
    } else if (!line.starts_with("#")) {
      EXPECT_TRUE(line.starts_with(family)) << line;
      EXPECT_NE(line.find(' '), std::string::npos) << line;
    }
  }
  EXPECT_EQ(last, "# EOF");
}

TEST_F(DeviceServiceTest, Metrics_AreWellFormed_WithAndWithoutAnEstimate) {
  DeviceService service(Config());
  const std::string nothing = OpenMetrics(service.Status(), *service.Report());
  ExpectWellFormed(nothing);
  EXPECT_THAT(nothing, Not(HasSubstr("vigil_target_accuracy_ratio{")));
  EXPECT_THAT(nothing, HasSubstr("vigil_scheduler_state{vigil_scheduler_state=\"stopped\"} 1\n"));
}

TEST_F(DeviceServiceTest, DriftMonitor_RunsUnlessItIsSwitchedOff_AndGoesOnOverARestart) {
  {
    DeviceService service(Config());
    AppendRecords(20, 3.0f);
    JudgeAll(service, 20);
    const auto report = service.Report();
    ASSERT_TRUE(report->drift.has_value());
    EXPECT_EQ(report->drift->records, 20);
    EXPECT_FALSE(report->drift->watching);
    EXPECT_THAT(report->advice, Not(::testing::IsEmpty()));
    const std::string metrics = OpenMetrics(service.Status(), *report);
    ExpectWellFormed(metrics);
    EXPECT_THAT(metrics, HasSubstr("vigil_drift_watching 0\n"));
    EXPECT_THAT(metrics,
                HasSubstr("vigil_drift_events{kind=\"pipeline-fault\",state=\"ongoing\"} 0\n"));
  }
  {
    DeviceService service(Config());
    AppendRecords(5, 3.0f);
    JudgeAll(service, 25);
    EXPECT_EQ(service.Report()->drift->records, 25);
  }
  ServiceConfig off = Config();
  off.monitors.drift = false;
  DeviceService service(off);
  AppendRecords(5, 3.0f);
  JudgeAll(service, 30);
  EXPECT_EQ(service.Report()->drift->records, 25);  // what was before stays
}

TEST_F(DeviceServiceTest, Routes_TellStatusVerdictsAndReport) {
  const auto service = std::make_shared<DeviceService>(Config());
  AppendRecords(30, 3.0f);
  JudgeAll(*service, 30);
  const auto routes = ServiceRoutes([&] { return service; });
  EXPECT_EQ(routes.at("/healthz")({}).body, "ok\n");
  const auto status = nlohmann::json::parse(routes.at("/status")({}).body);
  EXPECT_EQ(status["store"]["judged"], 30);
  EXPECT_EQ(status["store"]["images"], 0);
  EXPECT_EQ(status["missing_signals"].size(), service->Status().scheduler.missing.size());
  const HttpReply two = routes.at("/verdicts")({{"limit", "2"}});
  std::istringstream lines(two.body);
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  const auto verdict = nlohmann::json::parse(line);
  EXPECT_EQ(verdict["target"], "000000000000004d");
  EXPECT_EQ(verdict["tags"]["camera"], "front");
  EXPECT_TRUE(verdict["correct"].get<bool>());
  EXPECT_EQ(std::ranges::count(two.body, '\n'), 2);
  EXPECT_EQ(routes.at("/verdicts")({{"to", "1000"}}).body, "");
  EXPECT_THAT(ErrorOf([&] {
                routes.at("/verdicts")({{"limit", "1e9"}});
              }).what(),
              HasSubstr("limit is '1e9': expected a number from 1 to 10000"));
  EXPECT_THAT(routes.at("/report")({}).body, HasSubstr("<html"));
  EXPECT_FALSE(nlohmann::json::parse(routes.at("/report")({{"format", "json"}}).body).empty());
  EXPECT_EQ(ErrorOf([&] { routes.at("/report")({{"format", "pdf"}}); }).fault(), Fault::kApi);
  ExpectWellFormed(routes.at("/metrics")({}).body);
}

}  // namespace
}  // namespace vigil
