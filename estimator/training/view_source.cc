#include "estimator/training/view_source.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include <ATen/ATen.h>

#include "engine/base/half.h"
#include "engine/base/text.h"
#include "engine/cpu/cpu_backend.h"
#include "engine/session/session.h"
#include "estimator/data/random.h"
#include "estimator/training/image_source.h"
#include "estimator/training/torch_ops.h"

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

namespace {

// Calls use(channel values of one group at one place, where they lie in the view).
template <typename Use>
void ForEachPlace(const Views& views, const std::vector<std::int64_t>& group, const Use& use) {
  const auto area = static_cast<std::size_t>(views.shape[2] * views.shape[3]);
  const auto elements = static_cast<std::size_t>(views.shape.elements());
  std::vector<float> values(group.size());
  for (std::size_t first = 0; first < views.values.size(); first += elements) {
    for (std::size_t p = 0; p < area; ++p) {
      for (std::size_t i = 0; i < group.size(); ++i)
        values[i] =
            HalfToFloat(views.values[first + static_cast<std::size_t>(group[i]) * area + p]);
      use(values, first + p);
    }
  }
}

// Of one group: the matrix of ViewNormalisation.
std::vector<float> WhiteningOf(const Views& views, const std::vector<std::int64_t>& group,
                               const std::vector<float>& mean,
                               const std::vector<float>& deviation) {
  constexpr double kLeastVariance = 0.01;
  const auto size = static_cast<std::int64_t>(group.size());
  std::vector<double> products(group.size() * group.size());
  std::vector<double> scaled(group.size());
  double count = 0.0;
  ForEachPlace(views, group, [&](const std::vector<float>& values, std::size_t) {
    for (std::size_t i = 0; i < group.size(); ++i) {
      const auto channel = static_cast<std::size_t>(group[i]);
      scaled[i] = (values[i] - mean[channel]) / deviation[channel];
      for (std::size_t j = 0; j <= i; ++j) products[i * group.size() + j] += scaled[i] * scaled[j];
    }
    count += 1.0;
  });
  for (std::size_t i = 0; i < group.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j)
      products[j * group.size() + i] = products[i * group.size() + j];
  }
  std::vector<float> whitening;
  training::Guarded("whitening", [&] {
    const at::Tensor correlation = at::tensor(products, at::kDouble).view({size, size}) / count;
    const auto [values, vectors] = at::linalg_eigh(correlation);
    const at::Tensor root = values.clamp_min(kLeastVariance).rsqrt();
    const at::Tensor matrix = vectors.matmul(at::diag(root)).matmul(vectors.t()).contiguous();
    const double* from = matrix.data_ptr<double>();
    for (std::size_t i = 0; i < products.size(); ++i) {
      const auto channel = static_cast<std::size_t>(group[i % group.size()]);
      whitening.push_back(static_cast<float>(from[i] / deviation[channel]));
    }
  });
  return whitening;
}

}  // namespace

ViewNormalisation NormalisationOfViews(const Views& views, const std::vector<Shape>& taps) {
  const auto channels = static_cast<std::size_t>(views.shape[1]);
  const auto area = static_cast<std::size_t>(views.shape[2] * views.shape[3]);
  std::vector<double> sum(channels), squares(channels);
  for (std::size_t i = 0; i < views.values.size(); ++i) {
    const double value = HalfToFloat(views.values[i]);
    sum[i / area % channels] += value;
    squares[i / area % channels] += value * value;
  }
  const double count = static_cast<double>(views.size()) * static_cast<double>(area);
  std::vector<float> deviation(channels);
  ViewNormalisation normalisation;
  double total = 0.0;
  for (std::size_t c = 0; c < channels; ++c) {
    const double mean = sum[c] / count;
    normalisation.mean.push_back(static_cast<float>(mean));
    deviation[c] = static_cast<float>(std::sqrt(std::max(0.0, squares[c] / count - mean * mean)));
    total += deviation[c];
  }
  if (!(total > 0.0) || !std::isfinite(total)) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text("views of ", views.size(), " images with a deviation of ", total,
                     " in all channels together: expected features that vary"));
  }
  const auto least = static_cast<float>(0.01 * total / static_cast<double>(channels));
  for (float& each : deviation) each = std::max(each, least);
  for (const std::vector<std::int64_t>& group : ViewGroups(taps))
    normalisation.whitening.push_back(WhiteningOf(views, group, normalisation.mean, deviation));
  return normalisation;
}

Views Whitened(const Views& views, const std::vector<Shape>& taps,
               const ViewNormalisation& normalisation) {
  const auto area = static_cast<std::size_t>(views.shape[2] * views.shape[3]);
  Views whitened{views.shape, std::vector<std::uint16_t>(views.values.size()), views.decisions};
  const std::vector<std::vector<std::int64_t>> groups = ViewGroups(taps);
  std::size_t before = 0;  // channels of earlier groups
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const std::size_t size = groups[g].size();
    ForEachPlace(views, groups[g], [&](const std::vector<float>& values, std::size_t place) {
      for (std::size_t row = 0; row < size; ++row) {
        float value = 0.0f;
        for (std::size_t i = 0; i < size; ++i) {
          value += normalisation.whitening[g][row * size + i] *
                   (values[i] - normalisation.mean[static_cast<std::size_t>(groups[g][i])]);
        }
        whitened.values[place + (before + row) * area] = FloatToHalf(value);
      }
    });
    before += size;
  }
  return whitened;
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
    for (std::size_t k = 0; k < elements; ++k)
      out[row * elements + k] = HalfToFloat(views_->values[index * elements + k]);
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
