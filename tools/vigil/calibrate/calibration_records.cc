#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/text.h"
#include "engine/cpu/cpu_backend.h"
#include "estimator/data/views.h"
#include "estimator/evaluation/judged_set.h"
#include "estimator/evaluation/mixes.h"
#include "estimator/monitor/validity/input_check.h"
#include "estimator/service/monitors.h"
#include "estimator/taps/target_runner.h"
#include "tools/vigil/calibrate/calibrate.h"
#include "tools/vigil/kept_record.h"

namespace vigil {
namespace {

// Draws of conditions of their own: PE's calibration saw these images under others.
constexpr int kMixes = 25;
constexpr std::uint64_t kMixSeed = 7400;
constexpr std::int64_t kBatch = 16;

// PE and the monitors, without what an earlier calibration of them says.
PassParts PartsOf(const CalibrateOptions& options, const JudgedModels& models,
                  const std::shared_ptr<Backend>& backend) {
  std::map<std::string, std::string> keys = models.estimator.metadata();
  keys.erase(kBeyondKey);
  MonitorOptions monitors;
  monitors.outliers = options.monitor;
  monitors.tail = options.tail;
  monitors.target = models.target_path;
  monitors.drift = false;
  return MakePassParts(models.estimator.WithMetadata(std::move(keys)), 0, {.backend = backend},
                       monitors);
}

// T on images, and what a device would keep of them.
class Device {
 public:
  Device(const JudgedModels& models, const std::shared_ptr<Backend>& backend)
      : models_(models),
        target_(models.target, backend, kEvaluationEncoding, kBatch),
        input_(TensorDesc{DType::kFloat32, Shape{kBatch, 3, models.side, models.side}}) {
    if (auto schema = InputSchemaOf(models.target)) check_.emplace(*std::move(schema));
  }

  // At most kBatch samples, the first with this id.
  std::vector<Record> Keep(std::span<const Sample> samples, std::int64_t id) {
    for (std::int64_t i = 0; i < std::ssize(samples); ++i)
      ToTensor(samples[static_cast<std::size_t>(i)].image, models_.normalisation, i, input_);
    const TargetRunner::Kept kept = target_.Run(input_);
    std::vector<Record> records;
    for (std::int64_t i = 0; i < std::ssize(samples); ++i)
      records.push_back(KeptRecord({.id = id + i}, target_, kept, input_, i, check_));
    return records;
  }

 private:
  const JudgedModels& models_;
  TargetRunner target_;
  std::optional<InputCheck> check_;  // none: T's file has no schema
  Tensor input_;
};

}  // namespace

std::vector<CalibrationRecord> JudgeCalibration(const CalibrateOptions& options,
                                                const JudgedModels& models,
                                                const std::shared_ptr<const Dataset>& images,
                                                const std::function<void(double)>& on_progress) {
  const std::int64_t part = images->size() / kMixes;
  if (part < 1) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text(images->size(), " calibration images: expected at least one for each of ",
                     kMixes, " mixes"));
  }
  const std::shared_ptr<Backend> backend = MakeCpuBackend();
  const PassParts parts = PartsOf(options, models, backend);
  Device device(models, backend);
  std::vector<CalibrationRecord> found;
  for (int mix = 0; mix < kMixes; ++mix) {
    const AugmentedDataset set(Slice(images, mix * part, part),
                               DrawMix(models.task, models.side, kMixSeed + options.seed, mix));
    for (std::int64_t first = 0; first < part; first += kBatch) {
      std::vector<Sample> samples;
      for (std::int64_t i = first; i < std::min(part, first + kBatch); ++i)
        samples.push_back(set.Get(i));
      std::vector<Record> records = device.Keep(samples, std::ssize(found));
      std::vector<Verdict> verdicts = EvaluateRecords(parts.evaluators, records);
      for (std::size_t i = 0; i < samples.size(); ++i) {
        records[i].taps.clear();
        found.push_back({.record = std::move(records[i]), .verdict = std::move(verdicts[i])});
        found.back().correct = models.task.IsCorrect(found.back().record.output, samples[i].truth);
      }
      on_progress(static_cast<double>(found.size()) / static_cast<double>(part * kMixes));
    }
  }
  return found;
}

}  // namespace vigil
