#include "estimator/training/estimator_source.h"

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "estimator/training/image_source.h"

namespace vigil {
EstimatorSource::EstimatorSource(std::function<std::shared_ptr<const Dataset>(int)> data_of_epoch,
                                 std::shared_ptr<TargetRunner> target,
                                 EstimatorSourceOptions options)
    : data_of_epoch_(std::move(data_of_epoch)),
      target_(std::move(target)),
      options_(std::move(options)) {
  const std::int64_t size = data_of_epoch_(0)->size();
  steps_ = options_.steps > 0 ? options_.steps : static_cast<int>(size / target_->batch());
  if (steps_ < 1 || steps_ * target_->batch() > size) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text("training set of ", size, " images: expected at least ", std::max(steps_, 1),
                     " batches of ", target_->batch()));
  }
}

EstimatorSource::Kept EstimatorSource::Make(int epoch, int step) {
  const std::shared_ptr<const Dataset> data = data_of_epoch_(epoch);
  const std::int64_t batch = target_->batch();
  Tensor images(TensorDesc{DType::kFloat32, Shape{batch, 3, options_.side, options_.side}});
  std::vector<Sample> samples;
  for (std::int64_t i = 0; i < batch; ++i) {
    const std::uint64_t order_seed = options_.seed * 1000003u + static_cast<std::uint64_t>(epoch);
    samples.push_back(data->Get(ShuffledIndex(step * batch + i, data->size(), order_seed)));
    ToTensor(samples.back().image, options_.normalisation, i, images);
  }

  const Task& task = options_.task;
  const auto classifiers = static_cast<std::int64_t>(1 + task.causes.size());
  const bool classes = task.kind == Task::Kind::kClassification;
  Kept kept{target_->Run(images), Tensor(TensorDesc{DType::kFloat32, Shape{batch, classifiers}}),
            classes ? Tensor(TensorDesc{DType::kInt32, Shape{batch}})
                    : Tensor(TensorDesc{DType::kFloat32, Shape{batch, 3}})};
  const auto outputs = kept.target.output.as<float>();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample& sample = samples[i];
    const std::size_t width = static_cast<std::size_t>(task.outputs);
    const bool correct = task.IsCorrect(outputs.subspan(i * width, width), sample.truth);
    const auto row = kept.targets.as<float>().subspan(i * static_cast<std::size_t>(classifiers));
    row[0] = correct ? 1.0f : 0.0f;
    for (std::size_t c = 0; c < task.causes.size(); ++c) {
      const Cause cause = task.causes[c];
      const bool holds =
          cause == Cause::kOther ? sample.applied.empty() : sample.applied.Has(cause);
      row[1 + c] = !correct && holds ? 1.0f : 0.0f;
    }
    if (classes) {
      kept.auxiliary.as<std::int32_t>()[i] = sample.truth.label;
    } else {
      const std::array<float, 3> pose{sample.truth.pitch, sample.truth.yaw, sample.truth.roll};
      for (std::size_t k = 0; k < 3; ++k)
        kept.auxiliary.as<float>()[i * 3 + k] = pose[k] / kPoseUnit;
    }
  }
  return kept;
}

TrainingBatch EstimatorSource::Get(int epoch, int step) {
  std::shared_ptr<const Kept> kept;
  if (options_.distinct_epochs == 0) {
    kept = std::make_shared<const Kept>(Make(epoch, step));
  } else {
    const std::pair key{epoch % options_.distinct_epochs, step};
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = kept_.find(key); found != kept_.end()) kept = found->second;
    }
    if (!kept) {
      kept = std::make_shared<const Kept>(Make(key.first, step));
      const std::lock_guard lock(mutex_);
      kept_.emplace(key, kept);
    }
  }
  TrainingBatch batch;
  batch.inputs = target_->Decode(kept->target.slot);
  batch.inputs.push_back(kept->target.output.Clone());
  batch.targets = kept->targets.Clone();
  batch.auxiliary_targets = kept->auxiliary.Clone();
  return batch;
}

}  // namespace vigil
