// The models that ship, in the service: what a newcomer's device says of records beyond T's
// competence, by every way that asks.
#include <algorithm>
#include <cmath>
#include <random>
#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "engine/base/hash.h"
#include "engine/cpu/cpu_backend.h"
#include "engine/onnx/onnx.h"
#include "estimator/api/vigil.h"
#include "estimator/daemon/routes.h"
#include "estimator/models/model_files.h"
#include "estimator/report/report_text.h"
#include "estimator/service/estimation_pass.h"
#include "estimator/service/monitors.h"
#include "estimator/service/target_runtime.h"
#include "estimator/taps/pooled_tap.h"
#include "tests/daemon/daemon_fixture.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

// Waves of a few colours, a share of them under heavy noise, in CIFAR-10's normalisation.
Tensor PictureOf(std::uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  const float across = 0.4f * normal(generator), down = 0.4f * normal(generator);
  const float noise = seed % 2 == 0 ? 0.05f : 1.5f;
  Tensor picture(TensorDesc{DType::kFloat32, {1, 3, 32, 32}});
  const auto values = picture.as<float>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto x = static_cast<float>(i % 32), y = static_cast<float>(i / 32 % 32);
    values[i] =
        std::sin(across * x + down * y + static_cast<float>(i / 1024)) + noise * normal(generator);
  }
  return picture;
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
    for (int i = 0; i < inferences; ++i)
      runtime.Infer(PictureOf(static_cast<std::uint32_t>(i)).view(), output);
    runtime.Flush();
  }
};

TEST_F(ShippedModels, SayWhichRecordsLieBeyondCompetence_ByEveryWayThatAsks) {
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
    EXPECT_FALSE(flagged.empty()) << "noise is beyond it";
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
