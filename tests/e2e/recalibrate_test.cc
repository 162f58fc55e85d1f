// `vigil recalibrate` on a store that a device has judged.
#include "tests/e2e/command_fixture.h"

#if VIGIL_COMMAND_HAS_ESTIMATOR

#include <array>
#include <cmath>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "engine/onnx/onnx.h"
#include "estimator/models/model_files.h"
#include "estimator/store/store.h"
#include "estimator/verdict/estimator_metadata.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kMinute = 60'000'000;

class RecalibrateCommand : public testing::CommandFixture {
 protected:
  // Records a minute apart, judged with p(correct) 0.9 by the PE that ships.
  void Judge(int count, std::uint64_t estimator_hash) {
    vigil::Store store(Path("records.db"));
    std::vector<Record> records;
    const std::int64_t start = SystemClock().WallMicros() - 600 * kMinute;
    for (int i = 0; i < count; ++i) {
      Record record{.time_micros = start + i * kMinute, .model_hash = 11};
      record.epoch = start;
      record.output = {0.0f, 0.0f, 0.0f};
      records.push_back(record);
    }
    ids_ = store.Append(records).ids;
    std::vector<Verdict> verdicts;
    for (const std::int64_t id : ids_) {
      Verdict verdict{.record_id = id, .estimator_hash = estimator_hash, .p_correct = 0.9f};
      verdict.correct = true;
      verdicts.push_back(verdict);
    }
    ASSERT_EQ(store.Judge(verdicts), count);
  }
  // The first of every `wrong_of` is wrong.
  void Label(int count, int wrong_of) const {
    std::string text = "record,outcome\n";
    for (int i = 0; i < count; ++i) {
      text += std::to_string(ids_[static_cast<std::size_t>(i)]) +
              (i % wrong_of == 0 ? ",wrong\n" : ",right\n");
    }
    Write("labels.csv", text);
  }
  std::string Command(const std::filesystem::path& estimator) const {
    return "recalibrate --labels '" + Path("labels.csv") + "' --store '" + Path("records.db") +
           "' --estimator '" + estimator.string() + "' --output '" + Path("pe.onnx") + "'";
  }
  static std::filesystem::path Shipped() { return FindModel("directness_estimator"); }
  static std::uint64_t ShippedHash() {
    return EstimatorHash(ReadEstimatorMetadata(LoadOnnx(Shipped())), Shipped());
  }

  std::vector<std::int64_t> ids_;
};

TEST_F(RecalibrateCommand, WhereTFailsMoreThanPESays_LowersTheEstimate_OfTheSameVerdicts) {
  const std::uint64_t hash = ShippedHash();
  Judge(80, hash);
  Label(60, 2);
  const testing::Outcome outcome = Vigil(Command(Shipped()) + " --json");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const nlohmann::json result = nlohmann::json::parse(outcome.output);
  EXPECT_EQ(result["labels"], 60);
  EXPECT_EQ(result["right"], 30);
  EXPECT_EQ(result["written"], Path("pe.onnx"));
  EXPECT_LT(result["shift"], -0.3);
  EXPECT_LT(result["after"]["log_loss"], result["before"]["log_loss"]);
  EXPECT_LT(result["after"]["mean_rate"], result["before"]["mean_rate"]);

  const EstimatorMetadata before = ReadEstimatorMetadata(LoadOnnx(Shipped()));
  const EstimatorMetadata after = ReadEstimatorMetadata(LoadOnnx(Path("pe.onnx")));
  ASSERT_TRUE(after.calibration->adjustment());
  EXPECT_EQ(after.calibration->mixes().size(), before.calibration->mixes().size());
  EXPECT_EQ(EstimatorHash(after, Path("pe.onnx")), hash) << "its verdicts go on under that name";

  const auto accuracy = [&](const std::string& estimator) {
    const testing::Outcome report =
        Vigil("report '" + Path("records.db") + "' --json --estimator '" + estimator + "'");
    EXPECT_EQ(report.exit_code, 0) << report.errors;
    return nlohmann::json::parse(report.output)["estimate"];
  };
  const nlohmann::json old_estimate = accuracy(Shipped().string());
  const nlohmann::json new_estimate = accuracy(Path("pe.onnx"));
  EXPECT_EQ(new_estimate["records"], 80) << "none is left out";
  EXPECT_LT(new_estimate["estimated_accuracy"].get<double>(),
            old_estimate["estimated_accuracy"].get<double>() - 0.05);
}

TEST_F(RecalibrateCommand, WhereNothingIsOff_WritesNothing) {
  Judge(40, ShippedHash());
  const auto calibration = *ReadEstimatorMetadata(LoadOnnx(Shipped())).calibration;
  const double rate = calibration.Calibrate(0.9f, std::array<float, kCauseCount>{});
  Label(40, std::max(2, static_cast<int>(std::lround(1.0 / (1.0 - rate)))));
  const testing::Outcome outcome = Vigil(Command(Shipped()));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("nothing written"));
  EXPECT_FALSE(std::filesystem::exists(Path("pe.onnx")));
}

TEST_F(RecalibrateCommand, LabelsThatDoNotFit_AreOneLineThatNamesTheirs) {
  Judge(20, ShippedHash());
  Label(5, 2);
  ExpectFailure(Command(Shipped()), "input", {"5 labels, expected at least 10"});
  Write("labels.csv", "record,outcome\n1,perhaps\n");
  ExpectFailure(Command(Shipped()), "input", {"labels.csv' line 2", "'perhaps'"});
  Write("labels.csv", "record,outcome\n\n9999,right\n");
  ExpectFailure(Command(Shipped()), "input", {"line 3: record 9999 has no verdict"});
  Write("labels.csv", "record,outcome\n1,right\n1,wrong\n");
  ExpectFailure(Command(Shipped()), "input", {"line 3: record 1 stands on line 2 already"});
  Write("labels.csv", "record,label,answer\n1,facing\n");
  ExpectFailure(Command(Shipped()), "input", {"line 2: 2 fields, expected 3"});
  Write("labels.csv", "picture,outcome\n1,right\n");
  ExpectFailure(Command(Shipped()), "input", {"line 1: no column record or time"});
}

TEST_F(RecalibrateCommand, VerdictsOfAnotherEstimator_AreRefused) {
  Judge(20, 7);
  Label(20, 2);
  ExpectFailure(Command(Shipped()), "input",
                {"line 2", "was judged by estimator 0000000000000007"});
}

}  // namespace
}  // namespace vigil

#endif  // VIGIL_COMMAND_HAS_ESTIMATOR
