#include "estimator/report/report_text.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "estimator/report/markup.h"
#include "estimator/report/text_table.h"
#include "tests/report/report_fixture.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void ExpectNarrow(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(Columns(line), kTextColumns) << line;
    EXPECT_EQ(Printable(line), line);
  }
}

TEST(ReportText, SaysEveryPart_WithinItsWidth) {
  const std::string text = ToText(testing::FullReport());
  ExpectNarrow(text);
  for (const char* part : {"84.0 %, 95 % interval 80.0 % to 88.0 %",
                           "2,345 verdicts, worth 1,234 independent ones",
                           "OUTSIDE CALIBRATED",
                           "160 of 2,345 verdicts (6.8 %; 5.0 % of records",
                           "FIRING since 2024-10-04 05:00",
                           "2024-10-05 23:00",
                           "17 earlier windows",
                           "under 30 verdicts: no figures",
                           "7 rarer values with 9 verdicts",
                           "without this tag: 11 verdicts",
                           "2,500; judged 2,345",
                           "working: T is idle",
                           "sudden input drift (blur)",
                           "2024-10-04 06:00 to 2024-10-05 06:00",
                           "T does worse",
                           "p(blur) from 0.1 to 0.46",
                           "at most 2 false alarms a year",
                           "Retrain T",
                           "4,321 more records",
                           "from calibration",
                           "input, malformed",
                           "17 verdicts on T 0000000000000001"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(ReportText, OfLongAndHostileNames_KeepsItsWidth_AndTheTerminal) {
  DeviceReport report = testing::FullReport();
  const std::string hostile = "\x1b[31m" + std::string(300, 'w') + "\xFF\n";
  report.target_name = report.tags[0].key = report.tags[0].values[0].value = hostile;
  report.set_aside[0].message = report.alerts[0].rule.name = report.alerts[0].line = hostile;
  for (IdleTime& time : report.idle) time.why = hostile;
  report.drift->events[1].subgroup = report.advice[0].evidence[0].what = hostile;
  const std::string text = ToText(report);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("\xE2\x80\xA6"));
  ExpectNarrow(text);
}

TEST(ReportText, WithoutVerdicts_SaysWhatWaitsAndWhatPeDid) {
  const std::string text = ToText(testing::EmptyReport());
  ExpectNarrow(text);
  EXPECT_THAT(text, HasSubstr("Nothing was judged yet: 12 records wait for PE."));
  EXPECT_THAT(text, HasSubstr("(target active), in the hour from 2024-10-04 00:00"));
  EXPECT_THAT(text, Not(HasSubstr("Over time")));
}

TEST(ReportText, WithoutAnEstimate_GivesTheReason) {
  DeviceReport report = testing::FullReport();
  report.overall.available = false;
  report.overall.reason_if_none = "all 50 records lie in one block (60 s), expected at least 2";
  EXPECT_THAT(ToText(report), HasSubstr("none: all 50 records lie in one block"));
}

TEST(TextTable, CutsTheColumnsThatGive) {
  TextTable table({{"name", true, true}, {"count"}});
  table.Add({std::string(200, 'n'), "12"});
  const std::string text = table.ToString();
  EXPECT_THAT(text, HasSubstr("\xE2\x80\xA6     12\n"));
  ExpectNarrow(text);
}

}  // namespace
}  // namespace vigil
