#include "estimator/evaluation/outlier_scores.h"

#include <utility>

#include "estimator/monitor/baselines/baselines_features.h"
#include "estimator/monitor/baselines/baselines_output.h"
#include "estimator/monitor/baselines/virtual_logit.h"

namespace vigil {

OutlierScores::OutlierScores(MonitorRunner& runner, const Task& task, const Dataset& training,
                             const std::function<void(std::int64_t)>& on_batch)
    : runner_(runner) {
  for (const OutlierScorer& scorer : runner.scorers()) {
    const AutoencoderKind kind = scorer.metadata().kind;
    for (const OutlierMetric metric : MetricsOf(kind)) {
      names_.push_back(
          {std::string(AutoencoderKindName(kind)), std::string(OutlierMetricName(metric)), ""});
    }
  }
  const std::vector<MonitoredSample> known = runner.Run(training, on_batch);
  std::vector<LabelledFeatures> labelled;
  std::vector<BaselineInput> inputs;
  for (const MonitoredSample& sample : known) {
    labelled.push_back({sample.pooled, sample.decision});
    inputs.push_back({sample.output, sample.pooled});
  }
  const bool has_logits = task.kind == Task::Kind::kClassification;
  const auto gaussian = std::make_shared<const Mahalanobis>(labelled);
  AddRival("Mahalanobis", "Lee et al. 2018, pooled taps, fitted on T's training images",
           [gaussian](const MonitoredSample& s) { return -gaussian->Score(s.pooled); });
  constexpr int kNeighbours = 50;
  const auto neighbours = std::make_shared<const NearestNeighbours>(labelled, kNeighbours);
  AddRival("k nearest neighbours", "Sun et al. 2022, pooled taps, k = 50, T's training images",
           [neighbours](const MonitoredSample& s) { return -neighbours->Score(s.pooled); });
  if (has_logits) {
    AddRival("energy", "Liu et al. 2020, T's logits",
             [](const MonitoredSample& s) { return -NegativeEnergy(s.output); });
  }
  const auto matching = std::make_shared<const VirtualLogit>(inputs, has_logits);
  AddRival("ViM",
           has_logits ? "Wang et al. 2022, pooled taps, fitted on T's training images"
                      : "Wang et al. 2022, pooled taps, T's training images; its residual alone, "
                        "T has no logits",
           [matching](const MonitoredSample& s) {
             return -matching->Score({s.output, s.pooled});
           });
  AddRival("PE", "1 - p(correct): what it says of T, for comparison",
           [](const MonitoredSample& s) { return 1.0 - s.p_correct; });
}

void OutlierScores::AddRival(const std::string& name, const std::string& source, Rival rival) {
  names_.push_back({name == "PE" ? "reference" : "rival", name, source});
  rivals_.push_back(std::move(rival));
}

ScoredSet OutlierScores::Run(const Dataset& data,
                             const std::function<void(std::int64_t)>& on_batch) {
  ScoredSet set;
  set.scores.resize(names_.size());
  for (const MonitoredSample& sample : runner_.Run(data, on_batch)) {
    set.groups.push_back(sample.group);
    set.correct.push_back(sample.correct);
    std::size_t place = 0;
    for (const double score : sample.scores) set.scores[place++].push_back(score);
    for (const Rival& rival : rivals_) set.scores[place++].push_back(rival(sample));
  }
  return set;
}

}  // namespace vigil
