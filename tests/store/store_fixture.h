// A store in a folder of its own, a clock that tests set, and records to put in.
#ifndef VIGIL_TESTS_STORE_STORE_FIXTURE_H_
#define VIGIL_TESTS_STORE_STORE_FIXTURE_H_

#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "estimator/store/store.h"

namespace vigil::testing {

class FakeClock final : public Clock {
 public:
  std::chrono::nanoseconds Monotonic() const override { return monotonic; }
  std::int64_t WallMicros() const override { return wall_micros; }

  std::chrono::nanoseconds monotonic{0};
  std::int64_t wall_micros = 1'700'000'000'000'000;
};

// `value` makes the record's data recognisable; the tap takes `tap_floats` * 4 bytes and does not
// compress well.
inline Record MakeRecord(std::int64_t value, std::int64_t epoch = 1, int tap_floats = 64) {
  Record record;
  record.time_micros = 1'700'000'000'000'000 + value;
  record.model_hash = 0xfedcba9876543210u;
  record.epoch = epoch;
  record.tags = {{"camera", "front"}};
  record.output = {static_cast<float>(value), -1.5f};
  record.statistics = {0.25f, 0.5f};
  StoredTap tap{"features", {1, tap_floats}, Encoding::kFloat32, {}};
  std::uint64_t state = static_cast<std::uint64_t>(value) * 2654435761u + 1;
  for (int i = 0; i < tap_floats * 4; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    tap.bytes.push_back(static_cast<std::byte>(state >> 56));
  }
  record.taps.push_back(std::move(tap));
  return record;
}

inline Verdict MakeVerdict(std::int64_t record_id, float p_correct = 0.75f) {
  Verdict verdict;
  verdict.record_id = record_id;
  verdict.estimator_hash = 7;
  verdict.p_correct = p_correct;
  verdict.p_correct_calibrated = 0.5f;
  verdict.p_cause = {0.1f, 0.2f, 0.3f, 0.4f, 0.6f};
  verdict.causes.Add(Cause::kBlur).Add(Cause::kOther);
  return verdict;
}

// Another program with the file open.
inline void RunSql(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(database);
  sqlite3_close(database);
}

// SQL that takes from a store's tables what version 4 brought.
inline const std::string kToVersion3 =
    "ALTER TABLE records DROP COLUMN violations; ALTER TABLE verdicts DROP COLUMN violations;"
    " ALTER TABLE verdicts DROP COLUMN outlier; ALTER TABLE verdicts DROP COLUMN flip_rate;"
    " ALTER TABLE verdicts DROP COLUMN beyond; DROP TABLE incidents; PRAGMA user_version = 3;";

// What `act` throws, which is one line.
template <typename Act>
Error ErrorOf(const Act& act) {
  try {
    act();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    return error;
  }
  ADD_FAILURE() << "no error";
  return Error(Fault::kApi, ErrorCode::kMisuse, "");
}

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() {
    std::string name = (std::filesystem::temp_directory_path() / "vigil-store-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    path_ = (folder_ / "records.db").string();
  }
  ~StoreTest() override { std::filesystem::remove_all(folder_); }

  FakeClock clock_;
  std::filesystem::path folder_;
  std::string path_;
};

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_STORE_STORE_FIXTURE_H_
