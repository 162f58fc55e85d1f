#include "estimator/report/report_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/report/report_fixture.h"

namespace vigil {
namespace {

using nlohmann::json;

std::vector<std::string> Keys(const json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

// The schema of version 1, as estimator/report/README.md has it. A key that goes is a new version.
TEST(ReportJson, HasTheKeysOfItsVersion) {
  const json report = ToJson(testing::FullReport());
  EXPECT_EQ(report["version"], 1);
  EXPECT_THAT(
      Keys(report),
      ::testing::ElementsAre("advice", "alerts", "beyond", "blocks", "counts", "drift", "estimate",
                             "first_inference", "idle", "incidents", "last_inference", "made",
                             "models", "set_aside", "slices", "tags", "timeline", "version"));
  EXPECT_THAT(Keys(report["models"]),
              ::testing::ElementsAre("backend", "causes", "estimator", "left_out", "target"));
  EXPECT_THAT(Keys(report["timeline"]), ::testing::ElementsAre("verdicts_after", "verdicts_before",
                                                               "window_seconds", "windows"));
  EXPECT_THAT(Keys(report["timeline"]["windows"][0]),
              ::testing::ElementsAre("estimate", "from", "to", "unfinished"));
  EXPECT_THAT(Keys(report["tags"]["keys"][0]),
              ::testing::ElementsAre("further_values", "further_verdicts", "key", "values",
                                     "verdicts_without"));
  EXPECT_THAT(Keys(report["slices"]), ::testing::ElementsAre("changed", "left_out", "level",
                                                             "looked_at", "too_small", "worse"));
  EXPECT_THAT(Keys(report["slices"]["worse"][0]),
              ::testing::ElementsAre("accuracy", "accuracy_outside", "blocks", "gap", "p", "sudden",
                                     "tags", "verdicts"));
  EXPECT_EQ(report["slices"]["changed"].size(), 2u);
  EXPECT_DOUBLE_EQ(report["slices"]["changed"][1]["growing"]["points_a_day"], -0.6);
  EXPECT_THAT(Keys(report["alerts"][0]),
              ::testing::ElementsAre("evidence", "firing", "kind", "limit", "line", "name", "since",
                                     "window_seconds", "windows", "windows_in_a_row"));
  EXPECT_THAT(Keys(report["advice"][0]),
              ::testing::ElementsAre("advice", "evidence", "more_records", "reason"));
  EXPECT_THAT(
      Keys(report["drift"]),
      ::testing::ElementsAre("baseline_days", "events", "false_alarms_a_year", "first",
                             "from_reference", "last", "passed_over", "records", "watching"));
  EXPECT_THAT(Keys(report["drift"]["events"][0]),
              ::testing::ElementsAre("cause", "detected", "detector", "ended", "gradual", "hurts",
                                     "kind", "lasting", "reason", "records", "replaced", "signals",
                                     "start", "subgroup"));
  EXPECT_THAT(Keys(report["drift"]["from_reference"][0]),
              ::testing::ElementsAre("after", "before", "effect", "p", "score", "signal"));
  EXPECT_THAT(Keys(report["counts"]),
              ::testing::ElementsAre("dropped", "epochs", "expired", "images_stored", "judged",
                                     "kept", "seen", "set_aside", "waiting"));
  EXPECT_THAT(Keys(report["set_aside"][0]),
              ::testing::ElementsAre("code", "fault", "message", "records"));
  EXPECT_THAT(Keys(report["incidents"][0]),
              ::testing::ElementsAre("code", "count", "effort_to_mend", "fault", "first", "last",
                                     "message", "place", "severity"));
  EXPECT_EQ(report["incidents"][0]["severity"], "critical");
  EXPECT_EQ(report["incidents"][0]["effort_to_mend"], "high");
  EXPECT_EQ(report["incidents"][1]["severity"], "unknown");
  EXPECT_THAT(Keys(report["idle"][0]),
              ::testing::ElementsAre("doing", "hour", "records", "seconds", "why"));
}

TEST(ReportJson, GivesTheFigures) {
  const json report = ToJson(testing::FullReport());
  EXPECT_EQ(report["made"], "2024-10-06T00:00:00Z");
  EXPECT_EQ(report["models"]["target"]["hash"], "0000000000001111");
  EXPECT_EQ(report["models"]["causes"], json({"localization", "blur", "other"}));
  EXPECT_EQ(report["models"]["left_out"][0]["verdicts"], 17);
  EXPECT_EQ(report["estimate"]["estimated_accuracy"], 0.84);
  EXPECT_EQ(report["timeline"]["window_seconds"], 3600);
  EXPECT_EQ(report["timeline"]["windows"].size(), 48u);
  EXPECT_TRUE(report["timeline"]["windows"][1]["estimate"]["estimated_accuracy"].is_null());
  EXPECT_EQ(report["tags"]["keys"][0]["values"][0]["value"], testing::kHostile);
  EXPECT_TRUE(report["tags"]["keys"][0]["values"][1]["estimate"].is_null());
  EXPECT_EQ(report["tags"]["min_verdicts"], 30);
  EXPECT_EQ(report["alerts"][0]["since"], "2024-10-04T05:00:00Z");
  EXPECT_EQ(report["alerts"][0]["evidence"], "possible");
  EXPECT_TRUE(report["alerts"][1]["since"].is_null());
  EXPECT_EQ(report["alerts"][1]["cause"], "blur");
  const json& lens = report["drift"]["events"][0];
  EXPECT_EQ(lens["start"], "2024-10-04T06:00:00Z");
  EXPECT_EQ(lens["ended"], "2024-10-05T06:00:00Z");
  EXPECT_EQ(lens["kind"], "input-drift");
  EXPECT_EQ(lens["cause"], "blur");
  EXPECT_TRUE(report["drift"]["events"][1]["ended"].is_null());
  EXPECT_TRUE(report["drift"]["first"].is_null());
  EXPECT_EQ(report["advice"][1]["more_records"], 4321);
  EXPECT_EQ(report["counts"]["images_stored"], 0);
  EXPECT_EQ(report["idle"].size(), 96u);
}

TEST(ReportJson, OfTextsThatAreNoUtf8_CanBeWritten) {
  DeviceReport report = testing::FullReport();
  report.target_name = report.set_aside[0].message = report.tags[0].key = "\xFF\xFE";
  report.drift->events[1].subgroup = report.advice[0].evidence[0].what = "\xFF";
  EXPECT_NO_THROW((void)ToJson(report).dump());
}

TEST(ReportJson, WithoutVerdicts_SaysWhy) {
  const json report = ToJson(testing::EmptyReport());
  EXPECT_TRUE(report["models"]["target"]["hash"].is_null());
  EXPECT_TRUE(report["first_inference"].is_null());
  EXPECT_TRUE(report["drift"].is_null());
  EXPECT_TRUE(report["advice"].empty());
  EXPECT_TRUE(report["estimate"]["estimated_accuracy"].is_null());
  EXPECT_THAT(report["why_nothing_yet"].get<std::string>(),
              ::testing::HasSubstr("12 records wait for PE"));
}

}  // namespace
}  // namespace vigil
