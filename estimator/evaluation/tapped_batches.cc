#include "estimator/evaluation/tapped_batches.h"

#include <algorithm>
#include <optional>

#include "estimator/monitor/baselines/baselines_features.h"

namespace vigil {

std::span<const float> TappedBatch::OutputRow(std::size_t row) const {
  const auto width = static_cast<std::size_t>(output.shape()[1]);
  return output.as<float>().subspan(row * width, width);
}

void ForEachTappedBatch(const Dataset& data, TargetRunner& target,
                        const Normalisation& normalisation,
                        const std::function<void(const TappedBatch&)>& use) {
  const std::int64_t batch = target.batch();
  std::optional<Tensor> images;
  for (std::int64_t first = 0; first < data.size(); first += batch) {
    const std::int64_t count = std::min(batch, data.size() - first);
    std::vector<Sample> samples;
    for (std::int64_t i = 0; i < count; ++i) {
      samples.push_back(data.Get(first + i));
      const Image& image = samples.back().image;
      if (!images)
        images.emplace(TensorDesc{DType::kFloat32, Shape{batch, 3, image.height, image.width}});
      ToTensor(image, normalisation, i, *images);
    }
    const TargetRunner::Kept kept = target.Run(*images);
    const std::vector<Tensor> taps = target.Decode(kept.slot);
    std::vector<ConstTensorView> views;
    for (const Tensor& tap : taps) views.push_back(tap.view());
    use({samples, taps, views, kept.output});
  }
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
