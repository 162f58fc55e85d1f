#include "estimator/evaluation/judged_set.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "estimator/monitor/baselines/baselines_features.h"

namespace vigil {
namespace {

// One sample of a batch of taps [N, C, ...].
void PoolRow(const Tensor& tap, std::size_t row, std::vector<float>& pooled) {
  const Shape& shape = tap.desc().shape;
  const std::span<const float> all = tap.as<float>();
  const std::size_t size = all.size() / static_cast<std::size_t>(shape[0]);
  PoolChannels(all.subspan(row * size, size), static_cast<std::size_t>(shape[1]), pooled);
}

}  // namespace

CauseSet CausesOfFailure(bool correct, CauseSet applied) {
  if (correct) return {};
  return applied.empty() ? CauseSet().Add(Cause::kOther) : applied;
}

JudgedRunner::JudgedRunner(const Graph& target, const Graph& estimator,
                           const std::shared_ptr<Backend>& backend, Task task,
                           Normalisation normalisation, Encoding encoding)
    : task_(std::move(task)),
      normalisation_(normalisation),
      side_(static_cast<int>(target.value(target.inputs()[0]).desc.shape[2])),
      target_(target, backend, encoding, kBatch),
      estimator_(estimator, backend, {.batch = kBatch, .deadline = std::chrono::minutes(2)}) {
  estimator_.Prepare(kBatch);
}

std::vector<JudgedSample> JudgedRunner::Run(const Dataset& data,
                                            const std::function<void(std::int64_t)>& on_batch,
                                            const OnTaps& on_taps) {
  const Graph& graph = estimator_.graph();
  Tensor logits(
      TensorDesc{DType::kFloat32, graph.value(graph.outputs()[0]).desc.shape.With(0, kBatch)});
  Tensor images(TensorDesc{DType::kFloat32, Shape{kBatch, 3, side_, side_}});
  const std::size_t classifiers = 1 + task_.causes.size();
  const auto outputs = static_cast<std::size_t>(task_.outputs);

  std::vector<JudgedSample> judged;
  judged.reserve(static_cast<std::size_t>(data.size()));
  for (std::int64_t first = 0; first < data.size(); first += kBatch) {
    const std::int64_t count =
        std::min(kBatch, data.size() - first);  // a last batch keeps old images at its end
    for (std::int64_t i = 0; i < count; ++i) {
      const Sample sample = data.Get(first + i);
      ToTensor(sample.image, normalisation_, i, images);
      judged.push_back({.truth = sample.truth, .applied = sample.applied, .group = sample.group});
    }
    const TargetRunner::Kept kept = target_.Run(images);
    const std::vector<Tensor> taps = target_.Decode(kept.slot);
    std::vector<ConstTensorView> inputs;
    for (const Tensor& tap : taps) inputs.push_back(tap.view());
    inputs.push_back(kept.output.view());
    estimator_.Run(inputs, std::array{logits.view()});
    for (std::int64_t i = 0; i < count; ++i) {
      const auto row = static_cast<std::size_t>(i);
      JudgedSample& sample = judged[static_cast<std::size_t>(first) + row];
      const auto output = kept.output.as<float>().subspan(row * outputs, outputs);
      sample.output.assign(output.begin(), output.end());
      for (const Tensor& tap : taps) PoolRow(tap, row, sample.pooled);
      sample.correct = task_.IsCorrect(output, sample.truth);
      sample.causes = CausesOfFailure(sample.correct, sample.applied);
      sample.p =
          FromLogits(logits.as<float>().subspan(row * classifiers, classifiers), task_.causes);
    }
    if (on_taps) on_taps(taps, std::span(judged).last(static_cast<std::size_t>(count)));
    if (on_batch) on_batch(first + count);
  }
  return judged;
}

}  // namespace vigil
