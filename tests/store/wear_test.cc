// How much the flash may wear: what counts, what is refused, and what passes again in time.
#include <fstream>

#include <gmock/gmock.h>

#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using testing::ErrorOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MakeRecord;
using testing::MakeVerdict;

class WearTest : public testing::StoreTest {
 protected:
  static constexpr std::int64_t kMinute = 60'000'000, kHour = 60 * kMinute;

  // Of one record each, with an epoch of its own; how many were stored.
  int Append(Store& store, int count, int tap_floats = 16) {
    int stored = 0;
    for (int i = 0; i < count; ++i)
      stored += store.Append(std::vector{MakeRecord(i, ++epoch_, tap_floats)}).ids.at(0) != 0;
    return stored;
  }

  std::int64_t epoch_ = 0;
};

// All that write() and its kin were given by this process, as the kernel counts it; -1: unknown.
std::int64_t BytesThatTheKernelTook() {
  std::ifstream in("/proc/self/io");
  std::string name;
  for (std::int64_t value = 0; in >> name >> value;) {
    if (name == "wchar:") return value;
  }
  return -1;
}

TEST_F(WearTest, WrittenToday_IsWhatTheKernelCounted) {
  if (BytesThatTheKernelTook() < 0) GTEST_SKIP() << "this kernel does not count (/proc/self/io)";
  Store store(path_, {.max_bytes = 4 << 20}, clock_);
  const std::int64_t before = BytesThatTheKernelTook(), told_before = store.Stats().written_today;
  for (int i = 0; i < 40; ++i) {
    const auto ids = store.Append(std::vector{MakeRecord(i, i, 3000), MakeRecord(i, i, 10)}).ids;
    store.Judge(std::vector{MakeVerdict(ids[0])});
  }
  const std::int64_t written = store.Stats().written_today - told_before;
  EXPECT_EQ(written, BytesThatTheKernelTook() - before);
  EXPECT_GT(written, 2 * 40 * 12000 * 5 / 4);  // journal, checkpoints, and pages that rows share
}

TEST_F(WearTest, WrittenToday_OutlivesTheProcessAndAPurge) {
  std::int64_t written = 0;
  {
    Store store(path_, {}, clock_);
    Append(store, 10, 3000);
    written = store.Stats().written_today;
    EXPECT_EQ(store.Stats().records_this_hour, 10);
  }
  Store store(path_, {}, clock_);
  EXPECT_GE(store.Stats().written_today, written);
  store.Purge();
  EXPECT_GE(store.Stats().written_today, written);
  EXPECT_EQ(store.Stats().records_this_hour, 10);
}

TEST_F(WearTest, Append_BeyondRecordsAnHour_DropsCountsAndEndsTheEpoch) {
  Store store(path_, {.max_records_per_hour = 5}, clock_);
  const std::vector<EpochProgress> progress = {{.epoch = 9, .seen = 100}};
  std::vector<Record> records;
  for (int i = 0; i < 7; ++i) records.push_back(MakeRecord(i, 9));
  const AppendResult result = store.Append(records, progress);
  EXPECT_GT(result.ids.at(4), 0);
  EXPECT_EQ(result.ids.at(5), 0);
  EXPECT_EQ(result.ids.at(6), 0);
  EXPECT_THAT(result.closed_epochs, ElementsAre(9));
  EXPECT_EQ(result.room.this_hour, 0);
  const EpochCounts counts = store.Epochs().at(0);
  EXPECT_EQ(counts.kept, 5);
  EXPECT_EQ(counts.dropped, 2);
  EXPECT_EQ(counts.seen, 100);
  EXPECT_THAT(store.Verify(), IsEmpty());
  EXPECT_EQ(store.ReadUnjudged(100).size(), 5u);
  // A replacement is a record that is written, too, and what it was to replace stays.
  clock_.wall_micros += kHour + 5 * kMinute;
  EXPECT_EQ(store.RoomToWrite().this_hour, 5);
  EXPECT_EQ(Append(store, 7), 5);
}

TEST_F(WearTest, Append_BeyondMiBADay_StaysWithinThem_AndGoesOnTheNextDay) {
  constexpr std::int64_t kBound = 2 << 20;
  Store store(path_, {.max_written_per_day = kBound}, clock_);
  const int stored = Append(store, 200, 3000);
  EXPECT_LT(stored, 100);
  EXPECT_GT(stored, 30);
  // What counts refused records is small; judging was not asked to stop either.
  EXPECT_LE(store.Stats().written_today, kBound + std::int64_t{200} * 5 * 4120);
  EXPECT_EQ(store.RoomToWrite().today, 0);
  EXPECT_EQ(store.Stats().totals.dropped, 200 - stored);
  EXPECT_EQ(store.Judge(std::vector{MakeVerdict(store.ReadUnjudged(1).at(0).id)}), 1);
  clock_.wall_micros += 24 * kHour + 5 * kMinute;
  EXPECT_EQ(store.RoomToWrite().today, kBound / (128 << 10));  // nothing to go by
  EXPECT_GT(Append(store, 10, 3000), 9);
}

TEST_F(WearTest, TwoProcesses_ShareTheBounds) {
  Store one(path_, {.max_records_per_hour = 10}, clock_);
  Store other(path_, {.max_records_per_hour = 10}, clock_);
  EXPECT_EQ(Append(one, 7), 7);
  EXPECT_EQ(other.RoomToWrite().this_hour, 3);
  EXPECT_EQ(Append(other, 7), 3);
  EXPECT_EQ(Append(one, 1), 0);
}

TEST_F(WearTest, ClockSetBack_NeitherLiftsABoundNorHoldsItForLongerThanItsTime) {
  Store store(path_, {.max_records_per_hour = 5}, clock_);
  EXPECT_EQ(Append(store, 9), 5);
  clock_.wall_micros -= std::int64_t{1000} * 24 * kHour;
  EXPECT_EQ(Append(store, 9), 0);
  clock_.wall_micros += kHour + 5 * kMinute;
  EXPECT_EQ(Append(store, 9), 5);
}

TEST_F(WearTest, Open_WithABoundOfNothing_SaysWhichOne) {
  EXPECT_THAT(ErrorOf([&] { Store(path_, {.max_records_per_hour = 0}); }).what(),
              HasSubstr("max_records_per_hour is 0: expected at least 1"));
  EXPECT_THAT(ErrorOf([&] { Store(path_, {.max_written_per_day = -5}); }).what(),
              HasSubstr("max_written_per_day is -5"));
}

}  // namespace
}  // namespace vigil
