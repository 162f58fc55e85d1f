#include "estimator/evaluation/replay_records.h"

#include <chrono>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/evaluation/judged_set.h"

namespace vigil {

ReplayEncoder::ReplayEncoder(const JudgedModels& models, const Graph& monitor,
                             const std::shared_ptr<Backend>& backend)
    : models_(models),
      target_(models.target, backend, kEvaluationEncoding, kBatch),
      network_(Session(monitor, backend, {.batch = kBatch, .deadline = std::chrono::minutes(2)}),
               kBatch) {
  const OutlierMetadata metadata = ReadOutlierMetadata(monitor);
  if (metadata.task != models.task.name || metadata.taps != models.metadata.taps ||
      metadata.kind == AutoencoderKind::kJoint) {
    throw Error(Fault::kModel, ErrorCode::kInvalidValue,
                Text("monitor '", AutoencoderKindName(metadata.kind), "' of task ", metadata.task,
                     " cannot replay: expected ae or vae, task ", models.task.name,
                     " and the estimator's taps"));
  }
}

std::vector<ReplayRecord> ReplayEncoder::Run(const Dataset& data,
                                             const std::function<void(std::int64_t)>& on_batch) {
  std::vector<ReplayRecord> records;
  records.reserve(static_cast<std::size_t>(data.size()));
  ForEachTappedBatch(data, target_, models_.normalisation, [&](const TappedBatch& batch) {
    network_.Run(batch.views);
    for (std::size_t row = 0; row < batch.samples.size(); ++row) {
      const Sample& sample = batch.samples[row];
      const std::span<const float> output = batch.OutputRow(row);
      const OutlierOutputs seen = network_.Row(static_cast<std::int64_t>(row));
      ReplayRecord& record = records.emplace_back();
      record.cell = {.label = models_.task.TrueDecision(sample.truth),
                     .correct = models_.task.IsCorrect(output, sample.truth),
                     .causes = sample.applied.bits()};
      record.group = sample.group;
      record.latent.assign(seen.latent.begin(), seen.latent.end());
      record.output.assign(output.begin(), output.end());
      record.view.assign(seen.view.begin(), seen.view.end());
      record.residual = record.view;
      for (std::size_t i = 0; i < record.residual.size(); ++i)
        record.residual[i] -= seen.reconstruction[i];
    }
    if (on_batch) on_batch(static_cast<std::int64_t>(records.size()));
  });
  return records;
}

}  // namespace vigil
