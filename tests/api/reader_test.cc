// What an application asks of records later.
#include <array>
#include <cmath>
#include <cstddef>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "estimator/api/vigil.h"
#include "estimator/monitor/robustness/competence.h"
#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Flagged from 0.8 on where there is a flip rate, else from 0.6 on.
Competence SmallCompetence() {
  return {{{.weight = {1.0, 0.0}, .threshold = 0.6},
           {.flip_rate = true, .weight = {1.0, 0.0, 1.0}, .threshold = 0.8}},
          0.05,
          100};
}

class ReaderTest : public testing::StoreTest {
 protected:
  ReaderTest() {
    Store store(path_, StoreOptions{}, clock_);
    std::vector<Record> records;
    for (int i = 0; i < 4; ++i) records.push_back(testing::MakeRecord(i));
    ids_ = store.Append(records).ids;
    store.ReadUnjudged(10);
    std::vector<Verdict> verdicts(3);
    for (std::size_t i = 0; i < 3; ++i) {
      verdicts[i].record_id = ids_[i];
      verdicts[i].p_correct = 0.3f;
      verdicts[i].p_correct_calibrated = 0.25f;
      verdicts[i].readings.beyond = 0.7f;
    }
    verdicts[1].readings.flip_rate = 0.5f;
    verdicts[2].correct = true;
    verdicts[2].readings = {};
    store.Judge(verdicts, {{kBeyondNote, CompetenceToJson(SmallCompetence())}});
    EXPECT_EQ(vigil_reader_open(path_.c_str(), &reader_), VIGIL_OK) << vigil_error();
  }
  ~ReaderTest() override { vigil_reader_close(reader_); }

  vigil_verdict Ask(std::int64_t id) {
    vigil_verdict verdict{};
    verdict.size = sizeof verdict;
    std::int32_t found = 0;
    EXPECT_EQ(vigil_reader_verdict(reader_, id, &verdict, &found), VIGIL_OK) << vigil_error();
    EXPECT_EQ(found, 1);
    return verdict;
  }

  std::vector<std::int64_t> ids_;
  vigil_reader* reader_ = nullptr;
};

TEST_F(ReaderTest, AVerdict_SaysWhatWasJudged) {
  const vigil_verdict verdict = Ask(ids_[1]);
  EXPECT_EQ(verdict.size, sizeof verdict);
  EXPECT_EQ(verdict.record, ids_[1]);
  EXPECT_GT(verdict.time, 0);
  EXPECT_FLOAT_EQ(verdict.p_correct, 0.25f);
  EXPECT_FLOAT_EQ(verdict.beyond, 0.7f);
  EXPECT_FLOAT_EQ(verdict.flip_rate, 0.5f);
  EXPECT_TRUE(std::isnan(verdict.outlier)) << "no such monitor ran";
}

TEST_F(ReaderTest, TheFlag_IsThatOfTheReadingsThatWereThere) {
  EXPECT_EQ(Ask(ids_[0]).flags, std::uint32_t{VIGIL_JUDGED_WRONG | VIGIL_BEYOND_COMPETENCE});
  EXPECT_EQ(Ask(ids_[1]).flags, std::uint32_t{VIGIL_JUDGED_WRONG}) << "0.7 is under 0.8";
  EXPECT_EQ(Ask(ids_[2]).flags, 0u);
}

TEST_F(ReaderTest, Flagged_GivesTheIdsAfterOne) {
  std::array<std::int64_t, 4> ids{};
  std::size_t count = 9;
  ASSERT_EQ(vigil_reader_flagged(reader_, 0, ids.data(), ids.size(), &count), VIGIL_OK);
  EXPECT_THAT(std::vector<std::int64_t>(ids.begin(), ids.begin() + static_cast<long>(count)),
              ElementsAre(ids_[0]));
  ASSERT_EQ(vigil_reader_flagged(reader_, ids_[0], ids.data(), ids.size(), &count), VIGIL_OK);
  EXPECT_EQ(count, 0u);
  ASSERT_EQ(vigil_reader_flagged(reader_, 0, ids.data(), 0, &count), VIGIL_OK);
  EXPECT_EQ(count, 0u);
}

TEST_F(ReaderTest, ANewCombination_IsSeenByAReaderThatIsOpen) {
  Ask(ids_[1]);
  Competence lower({{.weight = {1.0, 0.0}, .threshold = 0.6}}, 0.05, 100);
  Store(path_, StoreOptions{}, clock_).PutNote(kBeyondNote, CompetenceToJson(lower));
  EXPECT_EQ(Ask(ids_[1]).flags, std::uint32_t{VIGIL_JUDGED_WRONG | VIGIL_BEYOND_COMPETENCE});
}

TEST_F(ReaderTest, ARecordThatIsNotJudged_IsNotFound) {
  vigil_verdict verdict{};
  verdict.size = sizeof verdict;
  verdict.record = 17;
  for (const std::int64_t id : {ids_[3], std::int64_t{0}, std::int64_t{999}}) {
    std::int32_t found = 9;
    EXPECT_EQ(vigil_reader_verdict(reader_, id, &verdict, &found), VIGIL_OK);
    EXPECT_EQ(found, 0);
    EXPECT_EQ(verdict.record, 17) << "as it was";
  }
}

// A caller built against a header whose structure ended after `time`.
TEST_F(ReaderTest, AShorterStructure_IsNotWrittenBeyond) {
  vigil_verdict verdict{};
  verdict.size = offsetof(vigil_verdict, p_correct);
  verdict.p_correct = -5.0f;
  std::int32_t found = 0;
  ASSERT_EQ(vigil_reader_verdict(reader_, ids_[0], &verdict, &found), VIGIL_OK);
  EXPECT_EQ(verdict.record, ids_[0]);
  EXPECT_EQ(verdict.p_correct, -5.0f);
}

TEST_F(ReaderTest, Misuse_HasAStatusAndOneLine) {
  vigil_reader* other = nullptr;
  EXPECT_EQ(vigil_reader_open((folder_ / "nothing.db").c_str(), &other), VIGIL_INPUT_FAULT);
  EXPECT_THAT(vigil_error(), HasSubstr("nothing.db"));
  EXPECT_EQ(other, nullptr);
  vigil_verdict verdict{};
  std::int32_t found = 0;
  EXPECT_EQ(vigil_reader_verdict(reader_, 1, &verdict, &found), VIGIL_API_FAULT);
  EXPECT_THAT(vigil_error(), HasSubstr("vigil_verdict.size is 0"));
  EXPECT_EQ(vigil_reader_verdict(nullptr, 1, &verdict, &found), VIGIL_API_FAULT);
  EXPECT_EQ(vigil_reader_flagged(reader_, 0, nullptr, 1, nullptr), VIGIL_API_FAULT);
  vigil_reader_close(nullptr);
}

}  // namespace
}  // namespace vigil
