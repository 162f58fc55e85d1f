#include "estimator/training/view_source.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "engine/base/half.h"
#include "engine/base/text.h"
#include "engine/cpu/cpu_backend.h"
#include "engine/session/session.h"
#include "estimator/data/random.h"
#include "estimator/training/image_source.h"

namespace vigil {

Views CollectViews(const Dataset& data, TargetRunner& target, const Task& task,
                   const Normalisation& normalisation,
                   const std::function<void(std::int64_t)>& on_image) {
  std::vector<Shape> taps;
  for (const PlannedTap& tap : target.plan().taps) taps.push_back(tap.shape);
  const Graph graph = BuildView(taps);
  const std::int64_t batch = target.batch();
  Session session(graph, MakeCpuBackend(), {.batch = batch});
  Views views{.shape = graph.value(graph.outputs()[0]).desc.shape, .values = {}, .decisions = {}};
  Tensor raw(TensorDesc{DType::kFloat32, views.shape.With(0, batch)});
  std::optional<Tensor> images;
  for (std::int64_t first = 0; first + batch <= data.size(); first += batch) {
    for (std::int64_t i = 0; i < batch; ++i) {
      const Sample sample = data.Get(first + i);
      const std::int64_t side = sample.image.width;
      if (!images) images.emplace(TensorDesc{DType::kFloat32, Shape{batch, 3, side, side}});
      ToTensor(sample.image, normalisation, i, *images);
      views.decisions.push_back(task.TrueDecision(sample.truth));
    }
    const TargetRunner::Kept kept = target.Run(*images);
    const std::vector<Tensor> decoded = target.Decode(kept.slot);
    std::vector<ConstTensorView> inputs;
    for (const Tensor& tap : decoded) inputs.push_back(tap.view());
    session.Run(inputs, std::array{raw.view()});
    for (const float value : raw.as<float>()) views.values.push_back(FloatToHalf(value));
    if (on_image) on_image(first + batch);
  }
  return views;
}

ViewNormalisation NormalisationOfViews(const Views& views) {
  const auto channels = static_cast<std::size_t>(views.shape[1]);
  const auto area = static_cast<std::size_t>(views.shape[2] * views.shape[3]);
  std::vector<double> sum(channels), squares(channels);
  for (std::size_t i = 0; i < views.values.size(); ++i) {
    const double value = HalfToFloat(views.values[i]);
    sum[i / area % channels] += value;
    squares[i / area % channels] += value * value;
  }
  const double count = static_cast<double>(views.size()) * static_cast<double>(area);
  std::vector<double> deviation(channels);
  double total = 0.0;
  for (std::size_t c = 0; c < channels; ++c) {
    sum[c] /= count;
    deviation[c] = std::sqrt(std::max(0.0, squares[c] / count - sum[c] * sum[c]));
    total += deviation[c];
  }
  if (!(total > 0.0) || !std::isfinite(total)) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text("views of ", views.size(), " images with a deviation of ", total,
                     " in all channels together: expected features that vary"));
  }
  ViewNormalisation normalisation;
  for (std::size_t c = 0; c < channels; ++c) {
    normalisation.mean.push_back(static_cast<float>(sum[c]));
    normalisation.deviation.push_back(
        static_cast<float>(std::max(deviation[c], 0.01 * total / static_cast<double>(channels))));
  }
  return normalisation;
}

ViewSource::ViewSource(std::shared_ptr<const Views> views, ViewSourceOptions options)
    : views_(std::move(views)), options_(std::move(options)), steps_(options_.steps) {
  if (steps_ == 0) steps_ = static_cast<int>(views_->size() / options_.batch);
  if (steps_ < 1 || steps_ * options_.batch > views_->size()) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text("training set of ", views_->size(), " views: expected at least ",
                     std::max(steps_, 1), " batches of ", options_.batch));
  }
}

TrainingBatch ViewSource::Get(int epoch, int step) {
  const std::int64_t batch = options_.batch;
  const auto elements = static_cast<std::size_t>(views_->shape.elements());
  const auto area = static_cast<std::size_t>(views_->shape[2] * views_->shape[3]);
  TrainingBatch result;
  result.inputs.emplace_back(TensorDesc{DType::kFloat32, views_->shape.With(0, batch)});
  result.auxiliary_targets = Tensor(TensorDesc{DType::kInt32, Shape{batch}});
  const std::span<float> out = result.inputs[0].as<float>();
  const std::uint64_t order_seed = options_.seed * 1000003u + static_cast<std::uint64_t>(epoch);
  for (std::int64_t i = 0; i < batch; ++i) {
    const auto index =
        static_cast<std::size_t>(ShuffledIndex(step * batch + i, views_->size(), order_seed));
    const auto row = static_cast<std::size_t>(i);
    result.auxiliary_targets.as<std::int32_t>()[row] = views_->decisions[index];
    for (std::size_t k = 0; k < elements; ++k) {
      const std::size_t channel = k / area;
      out[row * elements + k] = (HalfToFloat(views_->values[index * elements + k]) -
                                 options_.normalisation.mean[channel]) /
                                options_.normalisation.deviation[channel];
    }
  }
  if (options_.noise > 0) {
    Random random{options_.seed, static_cast<std::uint64_t>(epoch),
                  static_cast<std::uint64_t>(step), 99};
    Tensor& noise =
        result.inputs.emplace_back(TensorDesc{DType::kFloat32, Shape{batch, options_.noise}});
    for (float& value : noise.as<float>()) value = static_cast<float>(random.Normal());
  }
  return result;
}

}  // namespace vigil
