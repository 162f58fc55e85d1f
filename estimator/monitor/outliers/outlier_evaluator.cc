#include "estimator/monitor/outliers/outlier_evaluator.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "estimator/verdict/record_taps.h"

namespace vigil {

OutlierEvaluator::OutlierEvaluator(Session session, OutlierMetadata metadata,
                                   EvaluatorOptions options)
    : network_(std::move(session), options.chunk), scorer_(std::move(metadata)), options_(options) {
  VIGIL_CHECK(network_.session().graph().inputs().size() == scorer_.metadata().taps.size());
  Allocate();
}

void OutlierEvaluator::Allocate() {
  const Graph& graph = network_.session().graph();
  inputs_.clear();
  for (const TensorDesc& desc : graph.Descs(graph.inputs()))
    inputs_.emplace_back(TensorDesc{desc.dtype, desc.shape.With(0, chunk())});
}

void OutlierEvaluator::RunChunk() {
  std::vector<ConstTensorView> inputs;
  for (const Tensor& input : inputs_) inputs.push_back(input.view());
  const RunReport report = network_.Run(inputs);
  if (report.failure && options_.on_device_failure)
    options_.on_device_failure(name(), *report.failure);
}

std::chrono::nanoseconds OutlierEvaluator::TimeRun(std::int64_t chunk) {
  if (chunk != this->chunk()) {
    network_.SetBatch(chunk);
    Allocate();
  }
  return TimeOf([this] { RunChunk(); });
}

void OutlierEvaluator::Prepare() {
  if (options_.longest_run) {
    const std::int64_t fitting =
        FitChunk(chunk(), *options_.longest_run, [this](std::int64_t c) { return TimeRun(c); });
    if (fitting != chunk()) {  // of 1, which is not timed
      network_.SetBatch(fitting);
      Allocate();
    }
  }
  network_.Prepare();
  prepared_ = true;
}

void OutlierEvaluator::Check(const Record& record) const {
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    CheckTap(record, metadata().taps[i], inputs_[i].shape().With(0, 1), "the outlier monitor");
  }
}

void OutlierEvaluator::Judge(const Record& record, const OutlierOutputs& outputs,
                             Verdict& verdict) const {
  const OutlierMetric metric = metadata().metric;
  const double score = scorer_.Score(metric, outputs);
  std::vector<float> embedding = scorer_.Embedding(outputs);
  const bool finite = std::ranges::all_of(embedding, [](float v) { return std::isfinite(v); });
  if (!std::isfinite(score) || !finite) {
    throw Error(
        Fault::kModel, ErrorCode::kInvalidValue,
        Text("record ", record.id, ": outlier score '", OutlierMetricName(metric), "' is ", score,
             finite ? "" : ", the latent is not finite", ": expected finite numbers"));
  }
  verdict.readings.outlier = static_cast<float>(scorer_.Share(metric, score));
  embedding.resize(std::min(embedding.size(), kMaxEmbedding));
  verdict.embedding = std::move(embedding);
}

void OutlierEvaluator::Evaluate(std::span<const Record> records, std::span<Verdict> verdicts) {
  VIGIL_CHECK(records.size() == verdicts.size());
  for (const Record& record : records) Check(record);
  if (!prepared_) Prepare();
  const auto chunk = static_cast<std::size_t>(this->chunk());
  for (std::size_t first = 0; first < records.size(); first += chunk) {
    const std::size_t count = std::min(chunk, records.size() - first);
    if (count < chunk) {
      for (Tensor& input : inputs_) std::ranges::fill(input.bytes(), std::byte{0});
    }
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t t = 0; t < inputs_.size(); ++t) {
        DecodeTapIntoRow(records[first + i], metadata().taps[t], inputs_[t],
                         static_cast<std::int64_t>(i));
      }
    }
    RunChunk();
    for (std::size_t i = 0; i < count; ++i) {
      Judge(records[first + i], network_.Row(static_cast<std::int64_t>(i)), verdicts[first + i]);
    }
  }
}

std::unique_ptr<OutlierEvaluator> LoadOutlierEvaluator(
    const std::filesystem::path& path, std::shared_ptr<Backend> backend, EvaluatorOptions options,
    CompileOptions compile, std::function<std::shared_ptr<Backend>()> fallback) {
  Graph graph = LoadOnnx(path);
  OutlierMetadata metadata;
  try {
    metadata = ReadOutlierMetadata(graph);
  } catch (const Error& error) {
    throw Error(error.fault(), error.code(), Text("'", path.string(), "': ", error.what()));
  }
  Session session(std::move(graph), std::move(backend), std::move(compile), std::move(fallback));
  return std::make_unique<OutlierEvaluator>(std::move(session), std::move(metadata), options);
}

}  // namespace vigil
