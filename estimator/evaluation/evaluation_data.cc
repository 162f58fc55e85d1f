#include "estimator/evaluation/evaluation_data.h"

#include <algorithm>

#include "engine/base/log.h"
#include "engine/base/text.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/faces/headpose.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/data/heads/seeds.h"
#include "estimator/data/views.h"

namespace vigil {
namespace {

// Enough for every window to have its own; heads are rendered when they are asked for.
constexpr std::int64_t kWindowHeads = 200000;

std::int64_t Capped(std::int64_t count, std::int64_t limit) {
  return limit > 0 ? std::min(count, limit) : count;
}

std::shared_ptr<const Dataset> First(std::shared_ptr<const Dataset> data, std::int64_t count) {
  return count >= data->size() ? data : Slice(std::move(data), 0, count);
}

}  // namespace

EvaluationData OpenCifarEvaluation(const std::filesystem::path& root, const std::string& pixels,
                                   const std::filesystem::path& lossless, std::int64_t limit) {
  EvaluationData data{.kind = "cifar10", .cluster = "image"};
  data.windows = OpenCifar10(root, {kCifarTestBatch}, pixels);
  data.test = First(data.windows, Capped(data.windows->size(), limit));
  data.calibration = First(OpenCifar10(root, {5}, pixels), Capped(10000, 4 * limit));
  data.training = First(OpenCifar10(root, {1}, pixels), Capped(5000, limit));
  if (!lossless.empty()) data.lossless = OpenCifar10Files({lossless}, "CIFAR-10, original pixels");
  return data;
}

EvaluationData OpenHeadsEvaluation(std::int64_t limit) {
  return {.kind = "rendered",
          .cluster = "person",
          .test = OpenRenderedHeads(kHeadsTest, Capped(4000, limit)),
          .windows = OpenRenderedHeads(kHeadsTestWindows, kWindowHeads),
          .calibration = OpenRenderedHeads(kHeadsCalibration, Capped(5000, 4 * limit)),
          .training = OpenRenderedHeads(kHeadsTrainTarget + 1000, Capped(2000, limit)),
          .lossless = nullptr};
}

EvaluationData OpenHeadPoseEvaluation(const std::filesystem::path& root, std::int64_t limit) {
  HeadPoseLabels labels = ReadHeadPoseLabels(root);
  for (const SkippedSample& skipped : labels.skipped)
    Log(LogLevel::kWarning, Text("left out: ", skipped.reason));
  EvaluationData data = OpenHeadsEvaluation(limit);
  data.kind = "headpose";
  data.windows = OpenHeadPose(labels);
  data.test = First(data.windows, Capped(data.windows->size(), limit));
  return data;
}

}  // namespace vigil
