#include "estimator/report/device_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "estimator/monitor/robustness/competence.h"
#include "estimator/report/report_html.h"
#include "estimator/report/report_text.h"
#include "estimator/store/sealed_codec.h"
#include "tests/monitor/report_fixture.h"
#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;
using testing::kDay;
using testing::kHour;
using testing::kSecond;

constexpr std::int64_t kStart = 20'000 * kDay;
const Calibration kCalibration = testing::AgreedCalibration();
const std::vector<Cause> kCauses = {Cause::kLocalization, Cause::kBlur};

class DeviceReportTest : public testing::StoreTest {
 protected:
  DeviceReportTest() { clock_.wall_micros = kStart + 2 * kDay; }

  // `count` records a minute apart from `start` on, an epoch; all but the last `waiting` judged,
  // every fourth as wrong.
  void Judge(std::int64_t start, int count, int waiting = 0, std::uint64_t estimator_hash = 2) {
    std::vector<Record> records;
    for (int i = 0; i < count; ++i) {
      Record record = testing::MakeRecord(i, start);
      record.time_micros = start + i * 60 * kSecond;
      record.model_hash = 1;
      record.tags = {{"camera", i % 2 == 0 ? "front" : "rear"}};
      records.push_back(record);
    }
    const std::vector<EpochProgress> progress = {{start, start, 10 * count, 0}};
    const std::vector<std::int64_t> ids = store_->Append(records, progress).ids;
    std::vector<Verdict> verdicts;
    for (int i = 0; i < count - waiting; ++i) {
      Verdict verdict = testing::VerdictAt(0, i % 4 != 0);
      verdict.record_id = ids[static_cast<std::size_t>(i)];
      verdict.estimator_hash = estimator_hash;
      verdicts.push_back(verdict);
    }
    ASSERT_EQ(store_->Judge(verdicts), count - waiting);
  }

  // All of the store's records, with this score.
  void JudgeWithScore(float beyond) {
    std::vector<Verdict> verdicts;
    for (const Record& record : store_->ReadUnjudged(1000)) {
      Verdict verdict = testing::VerdictAt(0, true);
      verdict.record_id = record.id;
      verdict.readings.beyond = beyond;
      verdicts.push_back(verdict);
    }
    ASSERT_FALSE(verdicts.empty());
    store_->Judge(verdicts);
  }

  Record Fresh(std::int64_t value) const {
    Record record = testing::MakeRecord(value);
    record.time_micros = clock_.wall_micros;
    return record;
  }

  DeviceReport Report(const ReportOptions& options = {}) {
    return BuildDeviceReport(*store_, &kCalibration, kCauses, options, clock_.wall_micros);
  }

  const std::unique_ptr<Store> store_ = std::make_unique<Store>(path_, StoreOptions{}, clock_);
};

TEST_F(DeviceReportTest, BeyondCompetence_IsCountedByTheEvaluatorsThreshold) {
  Judge(kStart, 60, 20);
  JudgeWithScore(0.7f);
  Judge(kStart + kDay, 30, 30);
  JudgeWithScore(0.5f);
  EXPECT_FALSE(Report().beyond.has_value()) << "nobody says what is flagged";
  store_->PutNote(kBeyondNote,
                  CompetenceToJson({{{.weight = {1.0, 0.0}, .threshold = 0.6}}, 0.05, 100}));
  const DeviceReport report = Report();
  ASSERT_TRUE(report.beyond.has_value());
  EXPECT_EQ(report.beyond->scored, 50);
  EXPECT_EQ(report.beyond->flagged, 20);
  EXPECT_THAT(ToText(report), HasSubstr("20 of 50 verdicts (40.0 %; 5.0 % of records"));
  EXPECT_THAT(ToHtml(report), HasSubstr("Beyond T's competence: 20 of 50 verdicts"));
  store_->PutNote(kBeyondNote, "{");
  EXPECT_FALSE(Report().beyond.has_value()) << "a note that nobody can read is no fault of the "
                                               "report's";
}

TEST_F(DeviceReportTest, HoldsWhatTheStoreHolds) {
  Judge(kStart, 60);
  Judge(kStart + kHour, 60, 4);
  store_->AddIdleTimes(std::vector<IdleTime>{{kStart, "working", "T is idle", 30, 116}});
  const DeviceReport report = Report();
  EXPECT_EQ(report.models, (ModelPair{1, 2}));
  EXPECT_EQ(report.overall.records, 116);
  EXPECT_TRUE(report.overall.available);
  EXPECT_EQ(report.first_micros, kStart);
  ASSERT_EQ(report.timeline.points.size(), 2u);
  EXPECT_EQ(report.timeline.window, std::chrono::hours(1));
  EXPECT_EQ(report.timeline.points[0].estimate.inferences, 600);
  ASSERT_EQ(report.tags.size(), 1u);
  EXPECT_EQ(report.tags[0].values.size(), 2u);
  EXPECT_EQ(report.counts.seen, 1200);
  EXPECT_EQ(report.counts.judged, 116);
  EXPECT_EQ(report.stored.records, 4);
  EXPECT_EQ(report.stored.images, 0);
  EXPECT_EQ(report.idle.size(), 1u);
  EXPECT_EQ(report.causes, kCauses);
}

TEST_F(DeviceReportTest, OfTwoEstimators_ReportsTheOneThatWasAskedFor) {
  Judge(kStart, 60, 0, 2);
  Judge(kStart + kHour, 60, 0, 3);
  EXPECT_EQ(Report().models, (ModelPair{1, 3}));
  const DeviceReport asked = Report({.estimator_hash = 2});
  EXPECT_EQ(asked.models, (ModelPair{1, 2}));
  EXPECT_EQ(asked.overall.records, 60);
  ASSERT_EQ(asked.left_out.size(), 1u);
  EXPECT_EQ(asked.left_out[0].verdicts, 60);
  // The other's epoch is judged: it is not among what waits.
  EXPECT_EQ(asked.overall.unjudged, 0);
}

TEST_F(DeviceReportTest, WithoutAVerdictToShow_SaysWhichAreMissing) {
  Judge(kStart, 60);
  EXPECT_THAT(WhyNothingYet(Report({.from_micros = kStart + kDay})),
              HasSubstr("No verdict lies in this time: no record waits for PE either."));
  EXPECT_THAT(WhyNothingYet(Report({.estimator_hash = 9})),
              HasSubstr("No verdict is by this estimator: no record waits"));
}

TEST_F(DeviceReportTest, ARange_LeavesTheRestOut) {
  Judge(kStart, 60);
  Judge(kStart + 3 * kHour, 60);
  const DeviceReport report = Report({.from_micros = kStart + kHour});
  EXPECT_EQ(report.overall.records, 60);
  EXPECT_EQ(report.counts.seen, 600);
}

TEST_F(DeviceReportTest, Alerts_LookAtTheirOwnWindows) {
  for (int hour = 0; hour < 3; ++hour) Judge(kStart + hour * kHour, 60);
  ReportOptions options{.window = std::chrono::hours(24)};
  options.alerts = {{.name = "accuracy", .limit = 0.95, .windows = 3}};
  const DeviceReport report = Report(options);
  EXPECT_EQ(report.timeline.points.size(), 1u);
  ASSERT_EQ(report.alerts.size(), 1u);
  EXPECT_TRUE(report.alerts[0].firing);
  EXPECT_EQ(report.alerts[0].looked_at, 3);
}

TEST_F(DeviceReportTest, OfAnEmptyStore_SaysThatNothingWasJudgedAndWhy) {
  std::vector<Record> records = {Fresh(1)};
  store_->Append(records);
  DeviceReport report = Report();
  EXPECT_FALSE(report.models.has_value());
  EXPECT_EQ(
      WhyNothingYet(report),
      "Nothing was judged yet: 1 record waits for PE. Nothing is noted of what PE did in this "
      "time: no service (vigild) ran on this store.");
  store_->AddIdleTimes(std::vector<IdleTime>{{kStart, "waiting", "target active", 3000, 0},
                                             {kStart, "waiting", "on battery", 10, 0}});
  report = Report();
  EXPECT_THAT(WhyNothingYet(report), HasSubstr("Last PE was waiting (target active), in the hour"));
  EXPECT_THAT(ToText(report), HasSubstr("Nothing was judged yet"));
  EXPECT_THAT(ToHtml(report), HasSubstr("Nothing was judged yet"));
}

TEST_F(DeviceReportTest, WithoutCalibration_HasNoEstimateAndSaysSo) {
  Judge(kStart, 60);
  const DeviceReport report = BuildDeviceReport(*store_, nullptr, kCauses, {}, clock_.wall_micros);
  EXPECT_FALSE(report.overall.available);
  EXPECT_THAT(ToText(report), HasSubstr("none: the estimator's file has no calibration"));
}

TEST_F(DeviceReportTest, NeedsNoSecret_WhileAnotherProcessWrites) {
  const std::string sealed = (folder_ / "sealed.db").string();
  Store writer(sealed, {.codec = SealingCodec(SecretKey::Generate().public_key())}, clock_);
  std::vector<Record> records = {Fresh(1)};
  writer.Append(records);
  Store looking(sealed, {.create = false, .codec = LookingCodec()}, clock_);
  const auto waiting = [&] {
    return BuildDeviceReport(looking, nullptr, {}, {}, clock_.wall_micros).stored.records;
  };
  EXPECT_EQ(waiting(), 1);
  records = {Fresh(2), Fresh(3)};
  writer.Append(records);
  EXPECT_EQ(waiting(), 3);
}

}  // namespace
}  // namespace vigil
