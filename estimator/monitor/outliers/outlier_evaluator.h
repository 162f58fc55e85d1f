// Records through an autoencoder, in batches: how unlike what T learned from each one is.
#ifndef VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_EVALUATOR_H_
#define VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_EVALUATOR_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "estimator/monitor/outliers/outlier_network.h"
#include "estimator/verdict/evaluator.h"

namespace vigil {

// Fills a verdict's readings.outlier and its embedding (the latent, standardised; at most
// kMaxEmbedding numbers). Runs in chunks of one size as Evaluator does, and is compiled by the
// first Evaluate.
class OutlierEvaluator final : public RecordEvaluator {
 public:
  static constexpr std::size_t kMaxEmbedding = 32;

  // The session must hold the graph that the metadata was read from.
  OutlierEvaluator(Session session, OutlierMetadata metadata, EvaluatorOptions options = {});

  std::string_view name() const override { return "outliers"; }
  std::int64_t chunk() const override { return network_.batch(); }
  // Throws Error (Input): kNotFound for a tap that the record lacks, kInvalidShape for one that
  // does not fit, kMalformed for bytes that do not fit the encoding.
  void Check(const Record& record) const override;
  // Throws as Check; (Model, kInvalidValue) naming the record whose score or latent is not finite;
  // as Session::Run.
  void Evaluate(std::span<const Record> records, std::span<Verdict> verdicts) override;

  const OutlierMetadata& metadata() const { return scorer_.metadata(); }

 private:
  void Allocate();
  void Prepare();
  void RunChunk();
  std::chrono::nanoseconds TimeRun(std::int64_t chunk);
  void Judge(const Record& record, const OutlierOutputs& outputs, Verdict& verdict) const;

  OutlierNetwork network_;
  OutlierScorer scorer_;
  const EvaluatorOptions options_;
  bool prepared_ = false;
  std::vector<Tensor> inputs_;  // of one chunk
};

// From a file that `vigil train monitor` wrote. `fallback` as Session's; `compile` decides threads
// and priority, its batch is `options.chunk`. Throws Error as LoadOnnx; as ReadOutlierMetadata,
// with the path.
std::unique_ptr<OutlierEvaluator> LoadOutlierEvaluator(
    const std::filesystem::path& path, std::shared_ptr<Backend> backend,
    EvaluatorOptions options = {}, CompileOptions compile = {},
    std::function<std::shared_ptr<Backend>()> fallback = nullptr);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_OUTLIERS_OUTLIER_EVALUATOR_H_
