#include "estimator/store/store.h"

#include <atomic>
#include <fstream>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "estimator/store/sealed_codec.h"
#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using testing::ErrorOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MakeRecord;
using testing::MakeVerdict;
using testing::RunSql;
using testing::StoreTest;

TEST_F(StoreTest, Append_ThenReopen_GivesTheRecordsBack) {
  std::int64_t id = 0;
  {
    Store store(path_, {}, clock_);
    id = store.Append(std::vector{MakeRecord(1)}).ids.at(0);
  }
  Store store(path_, {}, clock_);
  const auto records = store.ReadUnjudged(10);
  ASSERT_EQ(records.size(), 1u);
  const Record expected = MakeRecord(1);
  EXPECT_EQ(records[0].id, id);
  EXPECT_EQ(records[0].time_micros, expected.time_micros);
  EXPECT_EQ(records[0].model_hash, expected.model_hash);
  EXPECT_EQ(records[0].tags, expected.tags);
  EXPECT_EQ(records[0].output, expected.output);
  EXPECT_EQ(records[0].statistics, expected.statistics);
  EXPECT_EQ(records[0].taps.at(0).bytes, expected.taps[0].bytes);
}

TEST_F(StoreTest, Judge_StoresTheVerdictAndDeletesTheTaps) {
  Store store(path_, {}, clock_);
  const auto ids = store.Append(std::vector{MakeRecord(1), MakeRecord(2)}).ids;
  EXPECT_EQ(store.Judge(std::vector{MakeVerdict(ids[1], 0.25f)}), 1);
  EXPECT_EQ(store.Stats().records, 1);
  const auto verdicts = store.Verdicts();
  ASSERT_EQ(verdicts.size(), 1u);
  const Verdict& verdict = verdicts[0];
  EXPECT_EQ(verdict.record_id, ids[1]);
  EXPECT_EQ(verdict.time_micros, MakeRecord(2).time_micros);
  EXPECT_EQ(verdict.model_hash, MakeRecord(2).model_hash);
  EXPECT_EQ(verdict.estimator_hash, 7u);
  EXPECT_EQ(verdict.epoch, 1);
  EXPECT_EQ(verdict.tags.at("camera"), "front");
  EXPECT_EQ(verdict.p_correct, 0.25f);
  EXPECT_EQ(verdict.p_correct_calibrated, 0.5f);
  EXPECT_EQ(verdict.p_cause, MakeVerdict(0).p_cause);
  EXPECT_FALSE(verdict.correct);
  EXPECT_EQ(verdict.causes, MakeVerdict(0).causes);
  EXPECT_THAT(store.Verify(), IsEmpty());
}

TEST_F(StoreTest, Judge_TheSameRecordTwice_StoresOneVerdict) {
  Store store(path_, {}, clock_);
  const auto ids = store.Append(std::vector{MakeRecord(1)}).ids;
  EXPECT_EQ(store.Judge(std::vector{MakeVerdict(ids[0]), MakeVerdict(ids[0])}), 1);
  EXPECT_EQ(store.Judge(std::vector{MakeVerdict(ids[0], 0.1f)}), 0);
  EXPECT_EQ(store.Verdicts().at(0).p_correct, 0.75f);
  EXPECT_EQ(store.Epochs().at(0).judged, 1);
}

TEST_F(StoreTest, Judge_WithANotANumber_StoresNothing) {
  Store store(path_, {}, clock_);
  const auto ids = store.Append(std::vector{MakeRecord(1), MakeRecord(2)}).ids;
  const Error error = ErrorOf([&] {
    store.Judge(std::vector{MakeVerdict(ids[0]), MakeVerdict(ids[1], std::nanf(""))});
  });
  EXPECT_EQ(error.code(), ErrorCode::kInvalidValue);
  EXPECT_EQ(store.Stats().records, 2);
}

TEST_F(StoreTest, ReadUnjudged_GivesTheOldestEpochFirstAndInRandomOrder) {
  Store store(path_, {}, clock_);
  std::vector<Record> records;
  for (int i = 0; i < 40; ++i) records.push_back(MakeRecord(i, i < 20 ? 2 : 1));
  store.Append(records);
  const auto read = store.ReadUnjudged(40);
  ASSERT_EQ(read.size(), 40u);
  std::vector<std::int64_t> order;
  for (const Record& record : read) order.push_back(record.time_micros);
  EXPECT_EQ(read[0].epoch, 1);
  EXPECT_EQ(read[19].epoch, 1);
  EXPECT_EQ(read[20].epoch, 2);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.begin() + 20));  // by chance: 1 in 20!
}

TEST_F(StoreTest, Append_ToAnEpochThatWasRead_DropsAndCounts) {
  Store store(path_, {}, clock_);
  EXPECT_THAT(store.Append(std::vector{MakeRecord(1)}).closed_epochs, IsEmpty());
  store.ReadUnjudged(1);
  const AppendResult late = store.Append(std::vector{MakeRecord(2), MakeRecord(3, 5)});
  EXPECT_EQ(late.ids.at(0), 0);
  EXPECT_GT(late.ids.at(1), 0);
  EXPECT_THAT(late.closed_epochs, ElementsAre(1));
  const auto epochs = store.Epochs();
  EXPECT_EQ(epochs.at(0).dropped, 1);
  EXPECT_EQ(epochs.at(0).seen, 2);
  EXPECT_THAT(store.Verify(), IsEmpty());
}

TEST_F(StoreTest, Append_ToATakenPlace_ReplacesTheRecord) {
  Store store(path_, {}, clock_);
  std::vector<Record> records = {MakeRecord(1), MakeRecord(2), MakeRecord(3)};
  records[0].place = records[2].place = 0;
  records[1].place = 1;
  store.Append(records, std::vector<EpochProgress>{{.epoch = 1, .seen = 50, .dropped = 4}});
  std::set<float> kept;
  for (const Record& record : store.ReadUnjudged(10)) kept.insert(record.output[0]);
  EXPECT_EQ(kept, (std::set<float>{2.0f, 3.0f}));
  const EpochCounts counts = store.Epochs().at(0);
  EXPECT_EQ(counts.kept, 2);
  EXPECT_EQ(counts.seen, 50);
  EXPECT_EQ(counts.dropped, 4);
  EXPECT_THAT(store.Verify(), IsEmpty());
}

TEST_F(StoreTest, Append_ProgressTwice_CountsOnce) {
  Store store(path_, {}, clock_);
  const std::vector<EpochProgress> progress = {{.epoch = 9, .seen = 30, .dropped = 2}};
  store.Append({}, progress);
  store.Append({}, progress);
  EXPECT_EQ(store.Epochs().at(0).seen, 30);
  EXPECT_EQ(store.Epochs().at(0).dropped, 2);
}

TEST_F(StoreTest, Append_BeyondMaxRecords_ExpiresTheOldestEpochAndCounts) {
  Store store(path_, {.max_records = 10}, clock_);
  std::vector<Record> records;
  for (int i = 0; i < 8; ++i) records.push_back(MakeRecord(i, 1));
  for (int i = 8; i < 15; ++i) records.push_back(MakeRecord(i, 2));
  store.Append(records);
  const auto epochs = store.Epochs();
  EXPECT_EQ(epochs.at(0).expired, 5);
  EXPECT_EQ(epochs.at(1).expired, 0);
  EXPECT_EQ(store.Stats().records, 10);
  EXPECT_THAT(store.Verify(), IsEmpty());
}

// Bounded by bytes within one epoch, what stands is a fair sample of it: over many fillings early
// and late records survive alike, within five standard deviations.
TEST_F(StoreTest, Append_BeyondMaxRecordsInOneEpoch_ExpiresAtRandom) {
  constexpr int kRounds = 300, kRecords = 20, kKept = 10;
  int early = 0;
  Store store(path_, {.max_records = kKept}, clock_);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Record> records;
    for (int i = 0; i < kRecords; ++i) records.push_back(MakeRecord(i, round, 1));
    store.Append(records);
    std::vector<Verdict> verdicts;
    for (const Record& record : store.ReadUnjudged(100)) {
      early += record.output[0] < kRecords / 2;
      verdicts.push_back(MakeVerdict(record.id));
    }
    ASSERT_EQ(store.Judge(verdicts), kKept);
  }
  // Hypergeometric: 10 of 20, of which 10 are early; variance 10 * 1/4 * 10/19 a round. The newest
  // record always stands, which favours late ones by at most half a record a round.
  const double deviation = std::sqrt(kRounds * 10 * 0.25 * 10 / 19);
  EXPECT_NEAR(early, kRounds * (kKept / 2.0 - 0.25), 5 * deviation + kRounds * 0.25);
}

TEST_F(StoreTest, Append_BeyondMaxBytes_KeepsTheFileWithinThem) {
  constexpr std::int64_t kMaxBytes = 1 << 20;
  Store store(path_, {.max_bytes = kMaxBytes}, clock_);
  for (int i = 0; i < 100; ++i) {
    store.Append(std::vector{MakeRecord(2 * i, i, 10000), MakeRecord(2 * i + 1, i, 5)});
    const StoreStats stats = store.Stats();
    ASSERT_LE(stats.file_bytes + stats.journal_bytes, kMaxBytes) << i;
  }
  const StoreStats stats = store.Stats();
  EXPECT_GT(stats.totals.expired, 100);
  EXPECT_GT(stats.records, 30);  // it does not throw away more than it must: 20 KB a record
  EXPECT_THAT(store.Verify(), IsEmpty());
}

TEST_F(StoreTest, Append_OfARecordThatNeverFits_ThrowsAndKeepsTheOthers) {
  Store store(path_, {.max_bytes = 512 << 10}, clock_);
  store.Append(std::vector{MakeRecord(1)});
  const Error error = ErrorOf([&] { store.Append(std::vector{MakeRecord(2, 1, 200000)}); });
  EXPECT_EQ(error.code(), ErrorCode::kInvalidValue);
  EXPECT_THAT(error.what(), HasSubstr("max_bytes"));
  EXPECT_EQ(store.Stats().records, 1);
  EXPECT_THAT(store.Verify(), IsEmpty());
}

TEST_F(StoreTest, ReadUnjudged_OfRecordsThatAreTooOld_ExpiresThem) {
  Store store(path_, {.max_age = std::chrono::hours(1)}, clock_);
  store.Append(std::vector{MakeRecord(0), MakeRecord(1'800'000'000)});  // half an hour apart
  clock_.wall_micros += 3'600'000'001;
  const auto records = store.ReadUnjudged(10);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].output[0], 1'800'000'000.0f);
  EXPECT_EQ(store.Epochs().at(0).expired, 1);
}

TEST_F(StoreTest, Judge_BeyondMaxVerdicts_ForgetsWholeOldEpochs) {
  Store store(path_, {.max_verdicts = 5}, clock_);
  for (int epoch = 1; epoch <= 4; ++epoch) {
    const auto ids =
        store.Append(std::vector{MakeRecord(2 * epoch, epoch), MakeRecord(2 * epoch + 1, epoch)})
            .ids;
    store.Judge(std::vector{MakeVerdict(ids[0]), MakeVerdict(ids[1])});
  }
  std::set<std::int64_t> epochs;
  for (const Verdict& verdict : store.Verdicts()) epochs.insert(verdict.epoch);
  EXPECT_EQ(epochs, (std::set<std::int64_t>{3, 4}));
  EXPECT_EQ(store.Epochs().size(), 2u);
  EXPECT_THAT(store.Verify(), IsEmpty());
}

TEST_F(StoreTest, ReportFailure_TheSecondTime_SetsTheRecordAside) {
  Store store(path_, {}, clock_);
  const auto ids = store.Append(std::vector{MakeRecord(1), MakeRecord(2)}).ids;
  const Error fault(Fault::kInput, ErrorCode::kInvalidShape, "tap 'features' is 1x64");
  EXPECT_FALSE(store.ReportFailure(ids[0], fault));
  EXPECT_EQ(store.Stats().records, 2);
  EXPECT_TRUE(store.ReportFailure(ids[0], fault));
  EXPECT_EQ(store.Stats().records, 1);
  EXPECT_EQ(store.Epochs().at(0).set_aside, 1);
  EXPECT_FALSE(store.ReportFailure(ids[0], fault));
  EXPECT_THAT(store.Verify(), IsEmpty());
}

TEST_F(StoreTest, ReadUnjudged_PastUnreadablePayloads_GivesTheReadableOnes) {
  Store store(path_, {}, clock_);
  std::vector<Record> records;
  for (int i = 0; i < 5; ++i) records.push_back(MakeRecord(i, 1));
  records.push_back(MakeRecord(5, 2));
  store.Append(records);
  RunSql(path_, "UPDATE records SET payload = x'0102030405' WHERE epoch = 1");
  EXPECT_EQ(store.Verify().size(), 5u);
  const auto read = store.ReadUnjudged(2);
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].output[0], 5.0f);
  EXPECT_EQ(store.Epochs().at(0).set_aside, 5);
  EXPECT_THAT(store.Verify(), IsEmpty());
}

TEST_F(StoreTest, Verdicts_OfAWindow_IncludesItsStartAndNotItsEnd) {
  Store store(path_, {}, clock_);
  const auto ids = store.Append(std::vector{MakeRecord(10), MakeRecord(20), MakeRecord(30, 2)}).ids;
  store.Judge(std::vector{MakeVerdict(ids[0]), MakeVerdict(ids[1]), MakeVerdict(ids[2])});
  const std::int64_t start = MakeRecord(0).time_micros;
  const auto verdicts = store.Verdicts(start + 10, start + 20);
  ASSERT_EQ(verdicts.size(), 1u);
  EXPECT_EQ(verdicts[0].record_id, ids[0]);
  EXPECT_EQ(store.Epochs(start, start + 25).size(), 1u);
  EXPECT_EQ(store.Epochs(start + 25, start + 99).at(0).epoch, 2);
}

TEST_F(StoreTest, Stats_AfterJudging_StillTellsBytesARecord) {
  Store store(path_, {}, clock_);
  const auto ids = store.Append(std::vector{MakeRecord(1, 1, 1000), MakeRecord(2, 1, 1000)}).ids;
  store.Judge(std::vector{MakeVerdict(ids[0]), MakeVerdict(ids[1])});
  const StoreStats stats = store.Stats();
  EXPECT_EQ(stats.appended_records, 2);
  EXPECT_NEAR(stats.bytes_per_record, 4060, 60);  // 4,000 random bytes, a header and a frame
  EXPECT_EQ(stats.verdicts, 2);
  EXPECT_GT(stats.file_bytes + stats.journal_bytes, 8000);
}

TEST_F(StoreTest, Verify_WhereCountsDoNotAddUp_SaysSo) {
  Store store(path_, {}, clock_);
  store.Append(std::vector{MakeRecord(1), MakeRecord(2)});
  RunSql(path_, "DELETE FROM records WHERE id = 1");
  EXPECT_THAT(store.Verify(), ElementsAre(HasSubstr("2 records kept, but 0 judged")));
}

TEST_F(StoreTest, Verify_WhileOthersAppend_HoldsNobodyUp) {
  Store store(path_, {}, clock_);
  std::vector<Record> records;
  for (int i = 0; i < 300; ++i) records.push_back(MakeRecord(i, 1, 3000));
  store.Append(records);
  std::atomic<bool> verified = false;
  int appended = 0;
  {
    const std::jthread verifier([&] {
      for (int i = 0; i < 5; ++i) EXPECT_THAT(store.Verify(), IsEmpty());
      verified = true;
    });
    Store writer(path_, {.busy_timeout = std::chrono::milliseconds(0)}, clock_);
    for (; !verified; ++appended) writer.Append(std::vector{MakeRecord(appended, 2, 1)});
  }
  EXPECT_GT(appended, 0);
}

TEST_F(StoreTest, Purge_LeavesNoTraceOfATapInTheFile) {
  const Record record = MakeRecord(1, 1, 4000);
  Store store(path_, {}, clock_);
  store.Append(std::vector{record});
  const auto found = [&] {
    for (const char* suffix : {"", "-wal"}) {
      std::ifstream file(path_ + suffix, std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      const auto* tap = reinterpret_cast<const char*>(record.taps[0].bytes.data());
      if (bytes.find(std::string(tap + 100, 64)) != std::string::npos) return true;
    }
    return false;
  };
  EXPECT_TRUE(found());  // random bytes are stored as they are
  store.Purge();
  EXPECT_FALSE(found());
  EXPECT_EQ(store.Stats().appended_records, 0);
  EXPECT_THAT(store.Verify(), IsEmpty());
}

TEST_F(StoreTest, Open_MakesAFileThatOthersCannotRead) {
  Store store(path_, {}, clock_);
  store.Append(std::vector{MakeRecord(1)});
  for (const char* suffix : {"", "-wal"}) {
    struct stat status {};
    ASSERT_EQ(stat((path_ + suffix).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u) << suffix;
  }
}

TEST_F(StoreTest, Open_WhatIsNoStore_SaysWhatWasExpected) {
  EXPECT_EQ(ErrorOf([&] { Store(path_, {.create = false}); }).code(), ErrorCode::kNotFound);
  EXPECT_EQ(ErrorOf([&] { Store(folder_.string() + "/none/records.db"); }).code(), ErrorCode::kIo);
  EXPECT_EQ(ErrorOf([&] { Store(folder_.string()); }).code(), ErrorCode::kIo);
  const std::string text = folder_.string() + "/text";
  std::ofstream(text) << std::string(5000, 'x');
  EXPECT_EQ(ErrorOf([&] { Store store(text); }).code(), ErrorCode::kMalformed);
  const std::string other = folder_.string() + "/other";
  RunSql(other, "CREATE TABLE things(name)");
  EXPECT_THAT(ErrorOf([&] { Store store(other); }).what(), HasSubstr("another program"));
}

TEST_F(StoreTest, Open_AFileOfANewerVersion_Refuses) {
  { Store store(path_, {}, clock_); }
  RunSql(path_, "PRAGMA user_version = 5");
  const Error error = ErrorOf([&] { Store store(path_, {}, clock_); });
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  EXPECT_THAT(error.what(), HasSubstr("has version 5: expected at most 4"));
}

TEST_F(StoreTest, Open_WithAnotherCodec_Refuses) {
  { Store store(path_, {}, clock_); }
  const Error error = ErrorOf(
      [&] { Store store(path_, {.codec = OpeningCodec({SecretKey::Generate()})}, clock_); });
  EXPECT_EQ(error.code(), ErrorCode::kMisuse);
  EXPECT_THAT(error.what(), HasSubstr("'plain'"));
}

// As version 1 made it: without key_id.
TEST_F(StoreTest, Open_AFileOfVersion1_KeepsItsRecords) {
  std::int64_t id = 0;
  {
    Store store(path_, {}, clock_);
    id = store.Append(std::vector{MakeRecord(1)}).ids.at(0);
  }
  RunSql(path_, testing::kToVersion3 +
                    "DROP INDEX records_by_key; ALTER TABLE records DROP COLUMN key_id;"
                    " DROP TABLE idle_times; DROP TABLE notes; DROP TABLE writes;"
                    " PRAGMA user_version = 1");
  Store store(path_, {}, clock_);
  EXPECT_THAT(store.Verify(), IsEmpty());
  ASSERT_EQ(store.ReadUnjudged(10).size(), 1u);
  EXPECT_EQ(store.Judge(std::vector{MakeVerdict(id)}), 1);
  EXPECT_GT(store.Append(std::vector{MakeRecord(2, 2)}).ids.at(0), id);
}

}  // namespace
}  // namespace vigil
