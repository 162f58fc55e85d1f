#include "estimator/evaluation/tapped_batches.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "estimator/monitor/baselines/baselines_features.h"

namespace vigil {

namespace {

void ForEachKept(const Dataset& data, TargetRunner& target, const Normalisation& normalisation,
                 const std::function<void(std::vector<Sample>, TargetRunner::Kept)>& use) {
  const std::int64_t batch = target.batch();
  std::optional<Tensor> images;
  for (std::int64_t first = 0; first < data.size(); first += batch) {
    std::vector<Sample> samples;
    for (std::int64_t i = 0; i < std::min(batch, data.size() - first); ++i) {
      samples.push_back(data.Get(first + i));
      const Image& image = samples.back().image;
      if (!images)
        images.emplace(TensorDesc{DType::kFloat32, Shape{batch, 3, image.height, image.width}});
      ToTensor(image, normalisation, i, *images);
    }
    TargetRunner::Kept kept = target.Run(*images);
    use(std::move(samples), std::move(kept));
  }
}

void UseKept(std::span<const Sample> samples, const TargetRunner::Kept& kept,
             const TargetRunner& target, const std::function<void(const TappedBatch&)>& use) {
  const std::vector<Tensor> taps = target.Decode(kept.slot);
  std::vector<ConstTensorView> views;
  for (const Tensor& tap : taps) views.push_back(tap.view());
  use({samples, taps, views, kept.output});
}

}  // namespace

std::span<const float> TappedBatch::OutputRow(std::size_t row) const {
  const auto width = static_cast<std::size_t>(output.shape()[1]);
  return output.as<float>().subspan(row * width, width);
}

void ForEachTappedBatch(const Dataset& data, TargetRunner& target,
                        const Normalisation& normalisation,
                        const std::function<void(const TappedBatch&)>& use) {
  ForEachKept(data, target, normalisation,
              [&](std::vector<Sample> samples, const TargetRunner::Kept& kept) {
                UseKept(samples, kept, target, use);
              });
}

TappedSet::TappedSet(const Dataset& data, TargetRunner& target, const Normalisation& normalisation,
                     const std::function<void(std::int64_t)>& on_batch)
    : target_(target) {
  ForEachKept(data, target, normalisation,
              [&](std::vector<Sample> samples, TargetRunner::Kept kept) {
                for (Sample& sample : samples) sample.image = {};
                size_ += static_cast<std::int64_t>(samples.size());
                batches_.push_back({std::move(samples), std::move(kept)});
                if (on_batch) on_batch(size_);
              });
}

void TappedSet::ForEach(const std::function<void(const TappedBatch&)>& use) const {
  for (const Batch& batch : batches_) UseKept(batch.samples, batch.kept, target_, use);
}

std::vector<float> PooledTaps(const TappedBatch& batch, std::size_t row) {
  std::vector<float> pooled;
  for (const Tensor& tap : batch.taps) {
    const std::span<const float> all = tap.as<float>();
    const std::size_t size = all.size() / static_cast<std::size_t>(tap.shape()[0]);
    PoolChannels(all.subspan(row * size, size), static_cast<std::size_t>(tap.shape()[1]), pooled);
  }
  return pooled;
}

}  // namespace vigil
