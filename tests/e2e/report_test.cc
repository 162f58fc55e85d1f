// `vigil report` on a store that another program has made.
#include "tests/e2e/command_fixture.h"

#if VIGIL_COMMAND_HAS_ESTIMATOR

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "engine/onnx/onnx.h"
#include "estimator/models/model_files.h"
#include "estimator/store/store.h"
#include "estimator/verdict/estimator_metadata.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kHour = 3'600'000'000;

class ReportCommand : public testing::CommandFixture {
 protected:
  std::string Store() const { return " '" + Path("records.db") + "' "; }

  // `count` records of each of the last three hours, judged; by PE's file of this name.
  void Judge(int count, std::uint64_t estimator_hash) const {
    vigil::Store store(Path("records.db"));
    const std::int64_t start = SystemClock().WallMicros() / kHour * kHour - 3 * kHour;
    for (int hour = 0; hour < 3; ++hour) {
      std::vector<Record> records;
      for (int i = 0; i < count; ++i) {
        Record record{.time_micros = start + hour * kHour + i * kHour / count};
        record.epoch = start + hour * kHour;
        record.tags = {{"camera", "front"}};
        record.output = {0.0f, 0.0f, 0.0f};
        records.push_back(record);
      }
      std::vector<Verdict> verdicts;
      for (const std::int64_t id : store.Append(records).ids) {
        Verdict verdict{.record_id = id, .estimator_hash = estimator_hash, .p_correct = 0.9f};
        verdict.correct = true;
        verdicts.push_back(verdict);
      }
      ASSERT_EQ(store.Judge(verdicts), count);
    }
  }

  static std::uint64_t ShippedHash() {
    const std::filesystem::path path = FindModel("directness_estimator");
    return EstimatorHash(ReadEstimatorMetadata(LoadOnnx(path)), path);
  }
  std::string ReadPage() const {
    std::ifstream in(Path("report.html"));
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_F(ReportCommand, FindsTheEstimatorThatShips_AndSaysTheSameInThreeForms) {
  Judge(40, ShippedHash());
  const testing::Outcome text = Vigil("report" + Store());
  ASSERT_EQ(text.exit_code, 0) << text.errors;
  EXPECT_THAT(text.output, HasSubstr("directness_estimator.onnx"));
  EXPECT_THAT(text.output, HasSubstr("120 verdicts"));

  const testing::Outcome both =
      Vigil("report" + Store() + "--window 2h --json --html '" + Path("report.html") + "'");
  ASSERT_EQ(both.exit_code, 0) << both.errors;
  const nlohmann::json report = nlohmann::json::parse(both.output);
  EXPECT_EQ(report["estimate"]["records"], 120);
  EXPECT_TRUE(report["estimate"]["available"]);
  EXPECT_EQ(report["timeline"]["window_seconds"], 7200);
  EXPECT_EQ(report["tags"]["keys"][0]["values"][0]["verdicts"], 120);
  EXPECT_THAT(ReadPage(), HasSubstr("120 verdicts"));
}

TEST_F(ReportCommand, BlocksByTag_AreTaken) {
  Judge(40, ShippedHash());
  const testing::Outcome outcome = Vigil("report" + Store() + "--block-tag camera");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("none: all 120 records lie in one block (tag 'camera')"));
}

TEST_F(ReportCommand, AStoreThatNobodyJudged_IsAReportAndNoError) {
  { const vigil::Store made(Path("records.db")); }
  const testing::Outcome outcome = Vigil("report" + Store());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("Nothing was judged yet"));
}

TEST_F(ReportCommand, AnUnknownEstimator_IsAskedFor) {
  Judge(4, 0xabcdef);
  ExpectFailure("report" + Store(), "input", {"0000000000abcdef", "--estimator"});
}

TEST_F(ReportCommand, WhatCannotBe_IsOneLine) {
  { const vigil::Store made(Path("records.db")); }
  ExpectFailure("report '" + Path("none.db") + "'", "input", {"none.db"});
  ExpectFailure("report" + Store() + "--window 5m", "api", {"300 s", "3600"});
  ExpectFailure("report" + Store() + "--window soon", "api", {"--window", "'soon'"});
  ExpectFailure("report" + Store() + "--from 2026-02-30", "api", {"--from", "2026-02-30"});
  ExpectFailure("report" + Store() + "--from 2026-02-03 --to 2026-02-03T25:00", "api", {"--to"});
  ExpectFailure("report" + Store() + "--from 2026-02-03 --to 2026-02-02", "api", {"before"});
  ExpectFailure("report" + Store() + "--html '" + Path("no/such/folder.html") + "'", "input",
                {"folder.html"});
}

}  // namespace
}  // namespace vigil

#endif  // VIGIL_COMMAND_HAS_ESTIMATOR
