// What goes wrong with a monitor's device is heard of as what goes wrong with PE's.
#include "estimator/service/monitors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/cpu/cpu_backend.h"
#include "engine/onnx/onnx.h"
#include "engine/verify/losing_backend.h"
#include "estimator/models/model_files.h"
#include "estimator/service/incident_journal.h"
#include "estimator/taps/pooled_tap.h"
#include "estimator/taps/target_runner.h"

namespace vigil {
namespace {

Record RecordOf(const Graph& target) {
  TargetRunner runner(target, MakeCpuBackend(), Encoding::kInt8, 1);
  Tensor image(TensorDesc{DType::kFloat32, {1, 3, 32, 32}});
  for (std::size_t i = 0; i < image.as<float>().size(); ++i)
    image.as<float>()[i] = static_cast<float>(i % 17) / 17.0f - 0.5f;
  const TargetRunner::Kept kept = runner.Run(image);
  Record record{.id = 1};
  record.output.assign(kept.output.as<float>().begin(), kept.output.as<float>().end());
  record.taps = SplitSlot(runner.plan(), kept.slot, 1, 0);
  return record;
}

TEST(PassParts, EveryEvaluatorsLostDevice_ComesToTheJournalUnderItsName) {
  const Graph estimator = LoadOnnx(FindModel("cifar10_estimator"));
  const auto taps = ReadEstimatorMetadata(estimator).taps;
  IncidentJournal journal;
  const auto backend =
      std::make_shared<LosingBackend>(MakeCpuBackend(), "device lost, as the test wants it");
  PassBackend with{.backend = backend, .fallback = [] { return MakeCpuBackend(); }};
  with.evaluator.on_device_failure = [&](std::string_view evaluator, const Error& error) {
    journal.Count(error, evaluator);
  };
  MonitorOptions options;
  options.outliers = FindModel("cifar10_monitor");
  options.tail = "deepest";
  options.target = FindModel("cifar10_target");
  const PassParts parts = MakePassParts(estimator, 7, with, options);
  const std::vector<Record> records = {RecordOf(TappedTarget(LoadOnnx(options.target), taps))};
  const std::vector<Verdict> calm = EvaluateRecords(parts.evaluators, records);
  EXPECT_TRUE(journal.Take().empty());
  std::vector<Verdict> verdicts(1);
  for (const auto& evaluator : parts.evaluators) {
    backend->losses() = 1;
    evaluator->Evaluate(records, verdicts);
  }
  EXPECT_EQ(verdicts[0].p_correct, calm[0].p_correct);
  EXPECT_EQ(verdicts[0].readings.outlier, calm[0].readings.outlier);
  EXPECT_EQ(verdicts[0].readings.flip_rate, calm[0].readings.flip_rate);
  std::vector<std::string> places;
  for (const Incident& incident : journal.Take()) {
    EXPECT_EQ(incident.code, "device-lost");
    EXPECT_EQ(incident.count, 1);
    places.push_back(incident.place);
  }
  EXPECT_THAT(places, ::testing::ElementsAre("estimator", "outliers", "stability"));
}

}  // namespace
}  // namespace vigil
