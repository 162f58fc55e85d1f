// A store's file that was cut: refused, and what is left of it goes on.
#include "estimator/store/salvage.h"

#include <algorithm>
#include <fstream>
#include <set>

#include <gmock/gmock.h>

#include "estimator/store/sealed_codec.h"
#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using testing::ErrorOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MakeRecord;
using testing::MakeVerdict;

class SalvageTest : public testing::StoreTest {
 protected:
  StoreOptions Options() const { return {.codec = OpeningCodec({key_})}; }

  // 120 records of 12 epochs, 20 of which are judged; all of it in the file, none in the journal.
  void Fill() {
    Store store(path_, Options(), clock_);
    std::vector<Record> records;
    for (int i = 0; i < 120; ++i) records.push_back(MakeRecord(i, i / 10, i % 3 ? 700 : 3000));
    store.Append(records);
    std::vector<Verdict> verdicts;
    for (const Record& record : store.ReadUnjudged(20)) verdicts.push_back(MakeVerdict(record.id));
    ASSERT_EQ(store.Judge(verdicts), 20);
    store.PutNote("name", "text");
  }
  void Cut(double share) {
    const auto bytes = static_cast<double>(std::filesystem::file_size(path_));
    std::filesystem::resize_file(path_, static_cast<std::uintmax_t>(bytes * share));
  }

  const SecretKey key_ = SecretKey::Generate();
};

TEST_F(SalvageTest, FileThatWasCut_IsRefused_AndItsRestGoesOn) {
  Fill();
  Cut(0.7);
  const Error error = ErrorOf([&] { Store(path_, Options(), clock_); });
  EXPECT_EQ(error.code(), ErrorCode::kMalformed);
  EXPECT_THAT(error.what(), HasSubstr(path_));

  const SalvageReport report = SalvageStore(path_, Options());
  EXPECT_TRUE(std::filesystem::exists(report.damaged));
  EXPECT_GT(report.records, 40);
  EXPECT_GT(report.lost_records.size() + static_cast<std::size_t>(report.lost_without_id), 10u);
  EXPECT_EQ(report.records + std::ssize(report.lost_records) + report.lost_without_id, 100);
  EXPECT_EQ(report.verdicts + report.lost_verdicts, 20);

  Store store(path_, Options(), clock_);
  EXPECT_THAT(store.Verify(), IsEmpty());
  const StoreStats stats = store.Stats();
  EXPECT_EQ(stats.records, report.records);
  EXPECT_EQ(stats.totals.kept, 120);
  EXPECT_EQ(stats.totals.set_aside, 120 - report.records - report.verdicts);
  std::set<std::int64_t> ids;
  std::vector<Verdict> verdicts;
  for (const Record& record : store.ReadUnjudged(1000)) {
    EXPECT_EQ(record.taps.at(0).bytes, MakeRecord(record.time_micros - 1'700'000'000'000'000,
                                                  record.epoch, record.id % 3 == 1 ? 3000 : 700)
                                           .taps[0]
                                           .bytes);
    ids.insert(record.id);
    verdicts.push_back(MakeVerdict(record.id));
  }
  EXPECT_EQ(std::ssize(ids), report.records);
  for (const std::int64_t id : report.lost_records) EXPECT_FALSE(ids.contains(id));
  EXPECT_EQ(store.Judge(verdicts), report.records);
  EXPECT_GT(store.Append(std::vector{MakeRecord(7, 99)}).ids.at(0), 120);
  EXPECT_THAT(store.Verify(), IsEmpty());
}

TEST_F(SalvageTest, LostRecords_AreNamedAmongTheFaults) {
  Fill();
  Cut(0.9);
  const SalvageReport report = SalvageStore(path_, Options());
  ASSERT_FALSE(report.lost_records.empty());
  Store store(path_, Options(), clock_);
  const auto faults = store.SetAsideFaults();
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].records, std::ssize(report.lost_records));
  EXPECT_THAT(faults[0].message,
              HasSubstr("record " + std::to_string(std::ranges::max(report.lost_records))));
}

// Wherever it is cut: a store that is sound, or an error of one line and the old file in its place.
TEST_F(SalvageTest, FileCutAnywhere_GivesASoundStoreOrAnError) {
  Fill();
  const std::filesystem::path whole = folder_ / "whole";
  std::filesystem::copy_file(path_, whole);
  int salvaged = 0;
  for (int part = 0; part <= 40; ++part) {
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
      if (entry.path() != whole) std::filesystem::remove(entry.path());
    std::filesystem::copy_file(whole, path_);
    Cut(part / 40.0);
    try {
      const SalvageReport report = SalvageStore(path_, Options());
      ++salvaged;
      Store store(path_, Options(), clock_);
      // A cut within a row's last page leaves the row: with a payload that does not open, or, since
      // the key's name stands behind it, one that is sealed for nobody and waits to expire.
      const std::int64_t before = store.Stats().totals.set_aside;
      const std::int64_t read = std::ssize(store.ReadUnjudged(1000));
      EXPECT_EQ(read + store.Stats().totals.set_aside - before + store.Stats().unopenable,
                report.records)
          << part;
      EXPECT_LE(report.records - read, 1) << part;
      EXPECT_THAT(store.Verify(), IsEmpty()) << part;
      EXPECT_TRUE(part < 40 || report.records == 100);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kMalformed) << part << ": " << error.what();
      EXPECT_TRUE(std::filesystem::exists(path_));
    }
  }
  EXPECT_GT(salvaged, 20);
}

// Whichever page another program has written to.
TEST_F(SalvageTest, PageThatWasOverwritten_GivesASoundStore) {
  constexpr std::uintmax_t kPage = 4096;
  Fill();
  const std::filesystem::path whole = folder_ / "whole";
  std::filesystem::copy_file(path_, whole);
  const std::uintmax_t pages = std::filesystem::file_size(whole) / kPage;
  std::int64_t fewest = 100;
  for (std::uintmax_t page = 1; page < pages; page += 1 + pages / 40) {
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
      if (entry.path() != whole) std::filesystem::remove(entry.path());
    std::filesystem::copy_file(whole, path_);
    {
      std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(page * kPage));
      file << std::string(kPage, '\xa5');
    }
    const SalvageReport report = SalvageStore(path_, Options());
    Store store(path_, Options(), clock_);
    const std::int64_t read = std::ssize(store.ReadUnjudged(1000));
    EXPECT_LE(report.records - read, 1) << "page " << page;
    EXPECT_THAT(store.Verify(), IsEmpty()) << "page " << page;
    fewest = std::min(fewest, read);
  }
  EXPECT_GT(fewest, 20);  // of 100: one page of rows holds a part of them
}

TEST_F(SalvageTest, SecondSalvage_DoesNotOverwriteTheFirstOnesFile) {
  Fill();
  Cut(0.8);
  SalvageStore(path_, Options());
  EXPECT_EQ(ErrorOf([&] { SalvageStore(path_, Options()); }).code(), ErrorCode::kMisuse);
}

TEST_F(SalvageTest, WriterThatHadItOpen_GoesOnWithTheNewFile) {
  Fill();
  Store writer(path_, {.codec = SealingCodec(key_.public_key())}, clock_);
  writer.Append(std::vector{MakeRecord(1000, 100)});
  SalvageStore(path_, Options());
  const std::vector<std::int64_t> ids = writer.Append(std::vector{MakeRecord(1001, 101)}).ids;
  ASSERT_GT(ids.at(0), 0);
  Store evaluator(path_, Options(), clock_);
  std::set<std::int64_t> waiting;
  for (const Record& record : evaluator.ReadUnjudged(1000)) waiting.insert(record.id);
  EXPECT_TRUE(waiting.contains(ids.at(0)));
  EXPECT_THAT(evaluator.Verify(), IsEmpty());
}

}  // namespace
}  // namespace vigil
