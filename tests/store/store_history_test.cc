#include <gmock/gmock.h>

#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using testing::ErrorOf;
using ::testing::Field;
using ::testing::IsEmpty;
using testing::MakeRecord;
using testing::RunSql;
using ::testing::SizeIs;

class StoreHistoryTest : public testing::StoreTest {
 protected:
  static constexpr std::int64_t kHour = 3'600'000'000;
};

TEST_F(StoreHistoryTest, AddIdleTimes_OfOneHourAndReason_AddUp) {
  Store store(path_, {}, clock_);
  store.AddIdleTimes(std::vector<IdleTime>{{kHour, "working", "idle", 1.5, 20},
                                           {kHour, "waiting", "target active", 3.0, 0}});
  store.AddIdleTimes(std::vector<IdleTime>{{kHour, "working", "idle", 0.5, 5},
                                           {2 * kHour, "working", "idle", 7.0, 1}});
  const std::vector<IdleTime> times = store.IdleTimes();
  ASSERT_THAT(times, SizeIs(3));
  EXPECT_EQ(times[0].why, "target active");
  EXPECT_DOUBLE_EQ(times[1].seconds, 2.0);
  EXPECT_EQ(times[1].records, 25);
  EXPECT_THAT(store.IdleTimes(0, 2 * kHour), SizeIs(2));
  EXPECT_THAT(store.IdleTimes(2 * kHour), ElementsAre(Field(&IdleTime::seconds, 7.0)));
}

TEST_F(StoreHistoryTest, AddIdleTimes_OfManyYears_KeepsTheNewest) {
  Store store(path_, {}, clock_);
  std::vector<IdleTime> times;
  for (std::int64_t hour = 0; hour < Store::kMaxIdleRows + 10; ++hour)
    times.push_back({hour * kHour, "waiting", "no records", 1.0, 0});
  store.AddIdleTimes(times);
  const std::vector<IdleTime> kept = store.IdleTimes();
  ASSERT_THAT(kept, SizeIs(Store::kMaxIdleRows));
  EXPECT_EQ(kept.back().hour_micros, times.back().hour_micros);
}

TEST_F(StoreHistoryTest, Notes_OutliveTheProcess_AndGoWithAPurge) {
  {
    Store store(path_, {}, clock_);
    EXPECT_EQ(store.Note("worked_today"), "");
    store.PutNote("worked_today", "1 2");
    store.PutNote("worked_today", "3 4");
  }
  Store store(path_, {}, clock_);
  EXPECT_EQ(store.Note("worked_today"), "3 4");
  store.Purge();
  EXPECT_EQ(store.Note("worked_today"), "");
}

TEST_F(StoreHistoryTest, SetAsideFaults_CountsByReason_WithTheNewestMessage) {
  Store store(path_, {}, clock_);
  const std::vector<std::int64_t> ids =
      store.Append(std::vector{MakeRecord(1), MakeRecord(2), MakeRecord(3)}).ids;
  for (int i = 0; i < 2; ++i) {
    store.ReportFailure(ids[0], Error(Fault::kInput, ErrorCode::kNotFound, "tap 'a' is missing"));
    store.ReportFailure(ids[1], Error(Fault::kInput, ErrorCode::kNotFound, "tap 'b' is missing"));
    store.ReportFailure(ids[2], Error(Fault::kModel, ErrorCode::kInvalidValue, "logits"));
  }
  const std::vector<SetAsideFault> faults = store.SetAsideFaults();
  ASSERT_THAT(faults, SizeIs(2));
  EXPECT_EQ(faults[0].records, 2);
  EXPECT_EQ(faults[0].message, "tap 'b' is missing");
  EXPECT_EQ(faults[1].message, "logits");
}

TEST_F(StoreHistoryTest, Open_AFileOfVersion2_GetsTheNewTables) {
  { Store store(path_, {}, clock_); }
  RunSql(
      path_,
      testing::kToVersion3 +
          "DROP INDEX records_by_key; DROP TABLE idle_times; DROP TABLE notes; DROP TABLE writes;"
          " PRAGMA user_version = 2");
  Store store(path_, {}, clock_);
  EXPECT_THAT(store.IdleTimes(), IsEmpty());
  store.PutNote("name", "text");
  EXPECT_EQ(store.Note("name"), "text");
}

TEST_F(StoreHistoryTest, Open_AFileOfVersion3_KeepsItsRecordsAndVerdicts) {
  std::vector<std::int64_t> ids;
  {
    Store store(path_, {}, clock_);
    ids = store.Append(std::vector{MakeRecord(1), MakeRecord(2)}).ids;
    store.Judge(std::vector{testing::MakeVerdict(ids[0])});
  }
  RunSql(path_, testing::kToVersion3);
  Store store(path_, {}, clock_);
  EXPECT_THAT(store.Verify(), IsEmpty());
  EXPECT_EQ(store.ReadUnjudged(10).at(0).violations, 0u);
  EXPECT_FALSE(store.Verdicts().at(0).readings.outlier);
  EXPECT_THAT(store.Incidents(), IsEmpty());
}

TEST_F(StoreHistoryTest, Judge_StoresTheReadingsAndTheRecordsViolations) {
  Store store(path_, {}, clock_);
  Record record = MakeRecord(1);
  record.violations = 5;
  const std::vector<std::int64_t> ids = store.Append(std::vector{record, MakeRecord(2)}).ids;
  EXPECT_THAT(store.ReadUnjudged(10), ::testing::Contains(Field(&Record::violations, 5u)));
  Verdict read = testing::MakeVerdict(ids[0]);
  read.readings = {.outlier = 0.25f, .flip_rate = 0.0f};
  store.Judge(std::vector{read, testing::MakeVerdict(ids[1])});
  const std::vector<Verdict> verdicts = store.Verdicts();
  ASSERT_THAT(verdicts, SizeIs(2));
  EXPECT_EQ(verdicts[0].violations, 5u);
  EXPECT_EQ(verdicts[0].readings.outlier, 0.25f);
  EXPECT_EQ(verdicts[0].readings.flip_rate, 0.0f);
  EXPECT_FALSE(verdicts[0].readings.beyond);
  EXPECT_FALSE(verdicts[1].readings.outlier);
}

TEST_F(StoreHistoryTest, Judge_WithNotes_KeepsBothOrNeither) {
  Store store(path_, {}, clock_);
  const std::vector<std::int64_t> ids = store.Append(std::vector{MakeRecord(1)}).ids;
  Verdict bad = testing::MakeVerdict(ids[0]);
  bad.readings.beyond = 1.5f;
  EXPECT_THAT(ErrorOf([&] {
                store.Judge(std::vector{bad}, {{"monitor.drift", "1"}});
              }).what(),
              ::testing::HasSubstr("p(beyond competence) 1.5: expected 0 to 1"));
  EXPECT_EQ(store.Note("monitor.drift"), "");
  store.Judge(std::vector{testing::MakeVerdict(ids[0])}, {{"monitor.drift", "1"}});
  EXPECT_EQ(store.Note("monitor.drift"), "1");
}

TEST_F(StoreHistoryTest, CountIncidents_OfOneKind_AddUp_AndAreBounded) {
  Store store(path_, {}, clock_);
  store.CountIncidents(
      std::vector<Incident>{{"input", "invalid-value", "input", "a NaN", 10, 20, 3}});
  store.CountIncidents(
      std::vector<Incident>{{"input", "invalid-value", "input", "an infinity", 5, 30, 2},
                            {"gpu", "device-lost", "estimator", "the device is gone", 25, 25, 1}});
  const std::vector<Incident> incidents = store.Incidents();
  ASSERT_THAT(incidents, SizeIs(2));
  EXPECT_EQ(incidents[0].count, 5);
  EXPECT_EQ(incidents[0].message, "an infinity");
  EXPECT_EQ(incidents[0].first_micros, 5);
  EXPECT_EQ(incidents[0].last_micros, 30);
  std::vector<Incident> many;
  for (std::int64_t i = 0; i < Store::kMaxIncidentRows + 10; ++i)
    many.push_back({"api", "misuse", std::to_string(i), "x", 100 + i, 100 + i, 1});
  store.CountIncidents(many);
  EXPECT_THAT(store.Incidents(), SizeIs(Store::kMaxIncidentRows));
  EXPECT_EQ(store.Incidents()[0].place, many.back().place);
}

TEST_F(StoreHistoryTest, NewestVerdict_IsTheLastOfThoseInTheBounds) {
  Store store(path_, {}, clock_);
  EXPECT_FALSE(store.NewestVerdict());
  store.Append(std::vector{MakeRecord(5), MakeRecord(3), MakeRecord(5), MakeRecord(4)});
  std::vector<Verdict> verdicts;
  for (const Record& record : store.ReadUnjudged(10))
    verdicts.push_back(testing::MakeVerdict(record.id));
  store.Judge(verdicts);
  const std::vector<Verdict> all = store.Verdicts();
  EXPECT_EQ(store.NewestVerdict()->record_id, all.back().record_id);
  EXPECT_EQ(store.NewestVerdict(0, all.back().time_micros)->record_id, all[1].record_id);
  EXPECT_FALSE(store.NewestVerdict(0, all[0].time_micros));
}

}  // namespace
}  // namespace vigil
