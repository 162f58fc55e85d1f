// The models that ship, in the service: what a newcomer's device says of records beyond T's
// competence, by every way that asks.
#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "engine/base/hash.h"
#include "engine/cpu/cpu_backend.h"
#include "engine/onnx/onnx.h"
#include "estimator/api/vigil.h"
#include "estimator/daemon/routes.h"
#include "estimator/data/augment/augmented.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/model_input.h"
#include "estimator/models/model_files.h"
#include "estimator/report/report_text.h"
#include "estimator/service/estimation_pass.h"
#include "estimator/service/monitors.h"
#include "estimator/service/target_runtime.h"
#include "estimator/taps/pooled_tap.h"
#include "tests/daemon/daemon_fixture.h"
#include "tests/support/shared_data.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;
using testing::SharedData;

constexpr const char* kExcerpt = "data_batch_4.first1017.bin";

// Photographs as severity `paper` leaves them, two causes on most: many of them beyond T.
std::vector<Tensor> SpoiltPictures(int count) {
  const Graph target = LoadOnnx(FindModel("cifar10_target"));
  const Task task = CifarTask();
  const AugmentedDataset spoilt(OpenCifar10Files({SharedData() / "cifar10" / kExcerpt}, "excerpt"),
                                {.task = task,
                                 .mix = AugmentMix::TwoCause(),
                                 .severity = SeverityFor(task, "paper"),
                                 .side = 32});
  std::vector<Tensor> pictures;
  for (int i = 0; i < count; ++i) {
    ToTensor(spoilt.Get(i).image, NormalisationOf(target),
             pictures.emplace_back(TensorDesc{DType::kFloat32, {1, 3, 32, 32}}).as<float>());
  }
  return pictures;
}

class ShippedModels : public testing::DaemonTest {
 protected:
  ServiceConfig ShippedConfig() const {
    ServiceConfig config = Config();
    config.backend = "cpu";
    config.estimator = FindModel("cifar10_estimator");
    config.target = FindModel("cifar10_target");
    return config;
  }
  // What T's process does with the key.
  void Stream(int inferences) const {
    const auto store = std::make_shared<Store>(
        path_, StoreOptions{.codec = SealingCodec(ReadPublicKey(File("public.key")))});
    const auto taps = ReadEstimatorMetadata(LoadOnnx(FindModel("cifar10_estimator"))).taps;
    const std::filesystem::path target = FindModel("cifar10_target");
    TargetRuntimeOptions options;
    options.tap_encodings = {Encoding::kInt8};
    options.keeper.slots = 64;
    options.keeper.model_hash = HashModelFile(target);
    TargetRuntime runtime(TappedTarget(LoadOnnx(target), taps), MakeCpuBackend(), store, options);
    std::vector<float> output(10);
    for (const Tensor& picture : SpoiltPictures(inferences)) runtime.Infer(picture.view(), output);
    runtime.Flush();
  }
};

TEST_F(ShippedModels, SayWhichRecordsLieBeyondCompetence_ByEveryWayThatAsks) {
  if (!std::filesystem::exists(SharedData() / "cifar10" / kExcerpt))
    GTEST_SKIP() << "no CIFAR-10 excerpts in " << SharedData();
  constexpr int kRecords = 60;
  for (const bool outliers : {false, true}) {
    SCOPED_TRACE(outliers ? "with outlier scores" : "PE alone");
    std::filesystem::remove(path_);
    ServiceConfig config = ShippedConfig();
    if (outliers) config.monitors.outliers = FindModel("cifar10_monitor");
    const auto service = std::make_shared<DeviceService>(config);
    Stream(kRecords);
    const Graph estimator = LoadOnnx(config.estimator);
    // Here and now: the service's own thread has the lowest priority, and others may be at work.
    EstimationPass pass(
        std::shared_ptr<Store>(service, &service->store()),
        MakePassParts(estimator, EstimatorHash(ReadEstimatorMetadata(estimator), config.estimator),
                      {.backend = MakeCpuBackend()}, config.monitors)
            .evaluators);
    while (pass.Backlog() > 0) pass.Run(kRecords, [] { return false; });
    ASSERT_NE(service->competence(), nullptr);
    std::vector<std::int64_t> flagged;
    for (const Verdict& verdict : service->store().Verdicts()) {
      EXPECT_TRUE(verdict.readings.beyond.has_value());
      EXPECT_EQ(verdict.readings.outlier.has_value(), outliers);
      if (service->competence()->IsFlagged(verdict)) flagged.push_back(verdict.record_id);
    }
    std::ranges::sort(flagged);
    EXPECT_FALSE(flagged.empty());
    EXPECT_LT(flagged.size(), std::size_t{kRecords});

    const std::shared_ptr<const DeviceReport> report = service->Report();
    ASSERT_TRUE(report->beyond.has_value());
    EXPECT_EQ(report->beyond->scored, kRecords);
    EXPECT_EQ(report->beyond->flagged, std::ssize(flagged));
    EXPECT_THAT(ToText(*report), HasSubstr("beyond competence"));

    std::istringstream lines(
        ServiceRoutes([&] { return service; }).at("/verdicts")({{"limit", "100"}}).body);
    std::vector<std::int64_t> listed;
    for (std::string line; std::getline(lines, line);) {
      const auto verdict = nlohmann::json::parse(line);
      EXPECT_TRUE(verdict["beyond"].is_number());
      EXPECT_EQ(verdict["outlier"].is_number(), outliers);
      EXPECT_TRUE(verdict["flip_rate"].is_null());
      if (verdict["beyond_competence"].get<bool>())
        listed.push_back(verdict["record"].get<std::int64_t>());
    }
    std::ranges::sort(listed);
    EXPECT_EQ(listed, flagged);

    vigil_reader* reader = nullptr;
    ASSERT_EQ(vigil_reader_open(path_.c_str(), &reader), VIGIL_OK) << vigil_error();
    std::vector<std::int64_t> ids(kRecords);
    std::size_t count = 0;
    EXPECT_EQ(vigil_reader_flagged(reader, 0, ids.data(), ids.size(), &count), VIGIL_OK);
    ids.resize(count);
    EXPECT_EQ(ids, flagged);
    vigil_reader_close(reader);
  }
}

// What was put into PE's files since has not changed what their verdicts are called.
TEST_F(ShippedModels, KeepTheirNamesInVerdicts) {
  const std::map<std::string, std::string> names = {{"cifar10_estimator", "6d96927f4afd6729"},
                                                    {"directness_estimator", "e0d7ce7afa2220f6"}};
  for (const auto& [name, hash] : names) {
    const std::filesystem::path path = FindModel(name);
    const Graph estimator = LoadOnnx(path);
    EXPECT_EQ(HashToHex(EstimatorHash(ReadEstimatorMetadata(estimator), path)), hash) << name;
    EXPECT_TRUE(ReadCompetence(estimator).has_value()) << name;
  }
}

}  // namespace
}  // namespace vigil
