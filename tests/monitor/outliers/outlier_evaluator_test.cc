#include "estimator/monitor/outliers/outlier_evaluator.h"

#include <cmath>
#include <filesystem>
#include <limits>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/cpu/cpu_backend.h"
#include "engine/onnx/onnx.h"
#include "engine/reference/reference_backend.h"
#include "engine/verify/losing_backend.h"
#include "estimator/models/model_files.h"
#include "tests/monitor/outliers/outlier_fixture.h"

namespace vigil {
namespace {

using testing::HandMetadata;
using testing::HandMonitor;
using ::testing::HasSubstr;

Record MakeRecord(std::int64_t id, std::array<float, 2> features) {
  Record record{.id = id};
  const auto bytes = std::as_bytes(std::span(features));
  record.taps.push_back(
      {"features", {1, 2, 1, 1}, Encoding::kFloat32, {bytes.begin(), bytes.end()}});
  return record;
}

std::vector<std::unique_ptr<RecordEvaluator>> Make(std::int64_t chunk) {
  std::vector<std::unique_ptr<RecordEvaluator>> evaluators;
  evaluators.push_back(std::make_unique<OutlierEvaluator>(
      Session(HandMonitor(), MakeReferenceBackend(), {}), HandMetadata(), EvaluatorOptions{chunk}));
  return evaluators;
}

TEST(OutlierEvaluator, Verdict_CarriesTheShareAndTheStandardisedLatent) {
  // Mahalanobis: ((3 - 1) / 2)^2 + (3 - 2)^2 = 2, half way from the first to the second quartile.
  const auto verdicts = EvaluateRecords(Make(4), std::vector<Record>{MakeRecord(1, {3.0f, 3.0f})});
  ASSERT_TRUE(verdicts[0].readings.outlier.has_value());
  EXPECT_FLOAT_EQ(*verdicts[0].readings.outlier, 0.375f);
  EXPECT_EQ(verdicts[0].embedding, (std::vector<float>{1.0f, 1.0f}));
  EXPECT_FALSE(verdicts[0].readings.flip_rate.has_value()) << "another monitor's";
}

TEST(OutlierEvaluator, Chunks_GiveEachRecordItsOwnAnswer) {
  std::vector<Record> records;
  for (int i = 0; i < 7; ++i)
    records.push_back(MakeRecord(i, {0.5f * static_cast<float>(i), 2.0f}));
  const auto whole = EvaluateRecords(Make(16), records);
  for (const std::int64_t chunk : {1, 2, 7}) {
    const auto verdicts = EvaluateRecords(Make(chunk), records);
    for (std::size_t i = 0; i < records.size(); ++i)
      EXPECT_EQ(verdicts[i].readings.outlier, whole[i].readings.outlier) << i << ", " << chunk;
  }
}

TEST(OutlierEvaluator, Check_NamesTheRecordAndWhatIsWrongWithIt) {
  const auto evaluators = Make(4);
  const auto message = [&](const Record& record) -> std::string {
    try {
      evaluators[0]->Check(record);
    } catch (const Error& error) {
      EXPECT_EQ(FaultName(error.fault()), FaultName(Fault::kInput));
      return error.what();
    }
    return "accepted";
  };
  Record record = MakeRecord(8, {0.0f, 0.0f});
  EXPECT_EQ(message(record), "accepted");
  record.taps[0].shape = {1, 3, 1, 1};
  EXPECT_EQ(message(record),
            "record 8: tap 'features' has shape 1x3x1x1, the outlier monitor expects 1x2x1x1");
  record = MakeRecord(8, {0.0f, 0.0f});
  record.taps.clear();
  EXPECT_EQ(message(record), "record 8: tap 'features' is missing, expected shape 1x2x1x1");
}

TEST(OutlierEvaluator, LatentThatIsNotFinite_IsAFaultThatNamesTheRecord) {
  const Record record = MakeRecord(9, {std::numeric_limits<float>::infinity(), 0.0f});
  try {
    EvaluateRecords(Make(1), std::vector<Record>{record});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(FaultName(error.fault()), FaultName(Fault::kModel));
    EXPECT_THAT(error.what(), HasSubstr("record 9"));
  }
}

TEST(OutlierEvaluator, ADeviceThatIsLost_IsTold_AndTheVerdictIsTheSame) {
  const std::vector<Record> records = {MakeRecord(1, {3.0f, 3.0f})};
  for (const int losses : {1, 2}) {  // of two the fallback answers
    SCOPED_TRACE(losses);
    const auto backend = std::make_shared<LosingBackend>(MakeReferenceBackend(),
                                                         "device lost, as the test wants it");
    std::vector<std::string> told;
    EvaluatorOptions options{.chunk = 4};
    options.on_device_failure = [&](std::string_view evaluator, const Error& error) {
      told.push_back(std::string(evaluator) + ": " + error.what());
    };
    std::vector<std::unique_ptr<RecordEvaluator>> evaluators;
    evaluators.push_back(std::make_unique<OutlierEvaluator>(
        Session(HandMonitor(), backend, {}, [] { return MakeReferenceBackend(); }), HandMetadata(),
        options));
    backend->losses() = losses;
    EXPECT_EQ(EvaluateRecords(evaluators, records)[0].readings.outlier,
              EvaluateRecords(Make(4), records)[0].readings.outlier);
    EXPECT_THAT(told, ::testing::ElementsAre("outliers: device lost, as the test wants it"));
    EvaluateRecords(evaluators, records);
    EXPECT_EQ(told.size(), 1u) << "it is over";
  }
}

TEST(OutlierEvaluator, File_IsLoadedAndOneWithoutMetadataIsRefusedByPath) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / "vigil_outlier_evaluator_test";
  std::filesystem::create_directories(folder);
  const auto good = folder / "good.onnx", bad = folder / "bad.onnx";
  SaveOnnx(WriteOutlierMetadata(HandMonitor(), HandMetadata()), good);
  SaveOnnx(HandMonitor(), bad);
  const auto evaluator = LoadOutlierEvaluator(good, MakeReferenceBackend(), {.chunk = 3});
  EXPECT_EQ(evaluator->chunk(), 3);
  EXPECT_EQ(evaluator->metadata().metric, OutlierMetric::kLatent);
  try {
    LoadOutlierEvaluator(bad, MakeReferenceBackend());
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("bad.onnx"));
  }
  std::filesystem::remove_all(folder);
}

// What ships reads its task's taps and says the same on every backend.
TEST(OutlierEvaluator, ShippedMonitors_AgreeOnTheReferenceAndTheCpu) {
  const std::map<std::string, std::vector<std::pair<std::string, Shape>>> taps = {
      {"cifar10_monitor", {{"conv2d", {1, 32, 32, 32}}}},
      {"directness_monitor",
       {{"block_1_project_BN", {1, 24, 28, 28}}, {"block_6_expand_relu", {1, 192, 14, 14}}}}};
  for (const auto& [name, values] : taps) {
    Record record{.id = 1};
    for (const auto& [tap, shape] : values) {
      std::vector<float> features(static_cast<std::size_t>(shape.elements()));
      for (std::size_t i = 0; i < features.size(); ++i)
        features[i] = std::abs(std::sin(0.37f * static_cast<float>(i)));
      const auto bytes = std::as_bytes(std::span(features));
      record.taps.push_back({tap, shape, Encoding::kFloat32, {bytes.begin(), bytes.end()}});
    }
    std::vector<Verdict> verdicts(2);
    const std::shared_ptr<Backend> backends[] = {MakeReferenceBackend(), MakeCpuBackend()};
    for (std::size_t b = 0; b < 2; ++b) {
      LoadOutlierEvaluator(FindModel(name), backends[b], {.chunk = 2})
          ->Evaluate(std::span(&record, 1), std::span(&verdicts[b], 1));
    }
    EXPECT_NEAR(*verdicts[0].readings.outlier, *verdicts[1].readings.outlier, 1e-3) << name;
    EXPECT_EQ(*verdicts[0].readings.outlier, 1.0f) << name << ": a pattern that T never saw";
    ASSERT_EQ(verdicts[0].embedding.size(), 32u);
    for (std::size_t i = 0; i < 32; ++i)
      EXPECT_NEAR(verdicts[0].embedding[i], verdicts[1].embedding[i], 2e-3) << name << " " << i;
  }
}

}  // namespace
}  // namespace vigil
