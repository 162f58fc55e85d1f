// A tiny PE whose logits can be worked out by hand: sums of its inputs.
#include "estimator/verdict/evaluator.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "engine/reference/reference_backend.h"

namespace vigil {
namespace {

constexpr std::uint64_t kEstimatorHash = 99;

// Inputs: tap "features" [1, 2], T's output [1, 1]. Logits: correct = output, blur = features[0],
// other = features[1].
Graph SmallEstimator() {
  GraphBuilder builder;
  const ValueId tap = builder.Input("features", {DType::kFloat32, {1, 2}});
  const ValueId output = builder.Input("target_output", {DType::kFloat32, {1, 1}});
  builder.Output(builder.Add("logits", ConcatAttrs{1}, {output, tap}));
  return std::move(builder).Build();
}

EstimatorMetadata SmallMetadata() {
  return {.task = "cifar10",
          .taps = {"features"},
          .causes = {Cause::kBlur, Cause::kOther},
          .gate = {},
          .calibration = {}};
}

Record MakeRecord(std::int64_t id, float output, std::array<float, 2> features) {
  Record record{.id = id, .time_micros = 5, .model_hash = 7, .epoch = 3};
  record.tags = {{"camera", "front"}};
  record.output = {output};
  const auto bytes = std::as_bytes(std::span(features));
  record.taps.push_back({"features", {1, 2}, Encoding::kFloat32, {bytes.begin(), bytes.end()}});
  return record;
}

class EvaluatorTest : public ::testing::Test {
 protected:
  static std::vector<std::unique_ptr<RecordEvaluator>> Make(std::int64_t chunk) {
    std::vector<std::unique_ptr<RecordEvaluator>> evaluators;
    evaluators.push_back(
        std::make_unique<Evaluator>(Session(SmallEstimator(), MakeReferenceBackend(), {}),
                                    SmallMetadata(), kEstimatorHash, EvaluatorOptions{chunk}));
    return evaluators;
  }

  static void ExpectRefusal(const Record& record, ErrorCode code, const std::string& message) {
    try {
      Make(4)[0]->Check(record);
      FAIL() << "accepted, expected: " << message;
    } catch (const Error& error) {
      EXPECT_EQ(FaultName(error.fault()), FaultName(Fault::kInput));
      EXPECT_EQ(CodeName(error.code()), CodeName(code));
      EXPECT_STREQ(error.what(), message.c_str());
    }
  }
};

TEST_F(EvaluatorTest, Verdict_CarriesTheRecordsIdentityAndPesNumbers) {
  const auto verdicts =
      EvaluateRecords(Make(4), std::vector<Record>{MakeRecord(11, std::log(3.0f), {1.0f, -1.0f})});
  ASSERT_EQ(verdicts.size(), 1u);
  const Verdict& verdict = verdicts[0];
  EXPECT_EQ(verdict.record_id, 11);
  EXPECT_EQ(verdict.time_micros, 5);
  EXPECT_EQ(verdict.model_hash, 7u);
  EXPECT_EQ(verdict.estimator_hash, kEstimatorHash);
  EXPECT_EQ(verdict.epoch, 3);
  EXPECT_EQ(verdict.tags.at("camera"), "front");
  EXPECT_FLOAT_EQ(verdict.p_correct, 0.75f);
  EXPECT_FLOAT_EQ(verdict.p_correct_calibrated, 0.75f) << "there is no calibration";
  EXPECT_FLOAT_EQ(verdict.p_cause[static_cast<std::size_t>(Cause::kBlur)],
                  1.0f / (1.0f + std::exp(-1.0f)));
}

TEST_F(EvaluatorTest, Causes_AreJudgedWhereTIsJudgedWrongAlone) {
  const auto verdicts = EvaluateRecords(
      Make(4),
      std::vector<Record>{MakeRecord(1, 2.0f, {3.0f, -3.0f}), MakeRecord(2, -2.0f, {3.0f, -3.0f})});
  EXPECT_TRUE(verdicts[0].correct);
  EXPECT_TRUE(verdicts[0].causes.empty());
  EXPECT_FALSE(verdicts[1].correct);
  EXPECT_EQ(verdicts[1].causes, CauseSet().Add(Cause::kBlur));
}

TEST_F(EvaluatorTest, Chunks_GiveEachRecordItsOwnAnswer) {
  std::vector<Record> records;
  for (int i = 0; i < 11; ++i) {
    records.push_back(MakeRecord(i, 0.25f * static_cast<float>(i - 5), {0.5f, 0.1f}));
  }
  const auto whole = EvaluateRecords(Make(16), records);
  for (const std::int64_t chunk : {1, 3, 4, 11}) {
    const auto verdicts = EvaluateRecords(Make(chunk), records);
    ASSERT_EQ(verdicts.size(), records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
      EXPECT_EQ(verdicts[i].record_id, static_cast<std::int64_t>(i));
      EXPECT_EQ(verdicts[i].p_correct, whole[i].p_correct) << "record " << i << ", chunk " << chunk;
    }
  }
}

TEST_F(EvaluatorTest, Check_NamesTheRecordAndWhatIsWrongWithIt) {
  Record record = MakeRecord(8, 0.0f, {0.0f, 0.0f});
  record.taps[0].name = "another";
  ExpectRefusal(record, ErrorCode::kNotFound,
                "record 8: tap 'features' is missing, expected shape 1x2");
  record = MakeRecord(8, 0.0f, {0.0f, 0.0f});
  record.taps[0].shape = {1, 3};
  ExpectRefusal(record, ErrorCode::kInvalidShape,
                "record 8: tap 'features' has shape 1x3, the estimator expects 1x2");
  record = MakeRecord(8, 0.0f, {0.0f, 0.0f});
  record.taps[0].bytes.pop_back();
  ExpectRefusal(record, ErrorCode::kMalformed,
                "record 8: tap 'features' has 7 bytes, expected 8 in fp32");
  record = MakeRecord(8, 0.0f, {0.0f, 0.0f});
  record.output.push_back(1.0f);
  ExpectRefusal(record, ErrorCode::kInvalidShape,
                "record 8: target output has 2 numbers, the estimator expects 1");
  record = MakeRecord(8, std::numeric_limits<float>::infinity(), {0.0f, 0.0f});
  ExpectRefusal(record, ErrorCode::kInvalidValue,
                "record 8: target output has inf, expected finite numbers");
}

TEST_F(EvaluatorTest, LogitsThatAreNotFinite_NameTheRecord) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  try {
    EvaluateRecords(Make(2), std::vector<Record>{MakeRecord(21, 0.0f, {nan, 0.0f})});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidValue);
    EXPECT_NE(std::string(error.what()).find("record 21: "), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("'blur'"), std::string::npos) << error.what();
  }
}

TEST(EstimatorMetadata, ReadsWhatItWrote) {
  EstimatorMetadata metadata = SmallMetadata();
  metadata.gate.p_correct = 0.625f;
  const Graph graph =
      WriteEstimatorMetadata(SmallEstimator().WithMetadata({{"producer", "a test"}}), metadata);
  const EstimatorMetadata read = ReadEstimatorMetadata(graph);
  EXPECT_EQ(read.task, metadata.task);
  EXPECT_EQ(read.taps, metadata.taps);
  EXPECT_EQ(read.causes, metadata.causes);
  EXPECT_EQ(read.gate, metadata.gate);
  EXPECT_FALSE(read.calibration.has_value());
  EXPECT_EQ(graph.metadata().at("producer"), "a test");
}

TEST(EstimatorMetadata, NamesTheKeyThatIsMissingOrDoesNotFit) {
  const Graph good = WriteEstimatorMetadata(SmallEstimator(), SmallMetadata());
  const std::map<std::string, std::string> bad = {{"vigil.task", ""},
                                                  {"vigil.taps", "features,more"},
                                                  {"vigil.causes", "blur"},
                                                  {"vigil.thresholds", "{}"},
                                                  {"vigil.calibration", "{}"}};
  for (const auto& [key, value] : bad) {
    auto metadata = good.metadata();
    if (value.empty()) {
      metadata.erase(key);
    } else {
      metadata[key] = value;
    }
    try {
      ReadEstimatorMetadata(good.WithMetadata(metadata));
      FAIL() << key;
    } catch (const Error& error) {
      EXPECT_EQ(CodeName(error.code()), CodeName(ErrorCode::kMalformed)) << error.what();
      EXPECT_NE(std::string(error.what()).find(key), std::string::npos) << error.what();
    }
  }
}

TEST(FitChunk, HalvesUntilARunKeepsToTheLimit) {
  std::vector<std::int64_t> tried;
  const auto time_of = [&](std::int64_t chunk) {
    tried.push_back(chunk);
    return std::chrono::milliseconds(chunk);
  };
  EXPECT_EQ(FitChunk(16, std::chrono::milliseconds(5), time_of), 4);
  EXPECT_EQ(tried, (std::vector<std::int64_t>{16, 8, 4}));
  EXPECT_EQ(FitChunk(16, std::chrono::milliseconds(16), time_of), 16);
  EXPECT_EQ(FitChunk(16, std::chrono::milliseconds(0), time_of), 1);
}

TEST(Evaluator, Evaluate_WithALimitThatNoRunKeepsTo_JudgesOneAtATimeAndTheSame) {
  const Record record = MakeRecord(3, 0.5f, {1.0f, -1.0f});
  const std::vector<Record> records(5, record);
  Evaluator free(Session(SmallEstimator(), MakeReferenceBackend(), {}), SmallMetadata(), 1);
  Evaluator limited(Session(SmallEstimator(), MakeReferenceBackend(), {}), SmallMetadata(), 1,
                    {.longest_run = std::chrono::nanoseconds(0)});
  std::vector<Verdict> expected(5), verdicts(5);
  free.Evaluate(records, expected);
  limited.Evaluate(records, verdicts);
  EXPECT_EQ(free.chunk(), 16);
  EXPECT_EQ(limited.chunk(), 1);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(verdicts[i].p_correct, expected[i].p_correct);
}

}  // namespace
}  // namespace vigil
