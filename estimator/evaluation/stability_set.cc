#include "estimator/evaluation/stability_set.h"

#include <algorithm>
#include <chrono>

#include "estimator/verdict/record_taps.h"

namespace vigil {
StabilityRunner::StabilityRunner(const JudgedModels& models,
                                 const std::shared_ptr<Backend>& backend, const std::string& tail,
                                 std::span<const StabilityOptions> probes)
    : runner_(models.target, models.estimator, backend, models.task, models.normalisation,
              kEvaluationEncoding) {
  const std::vector<std::string>& taps = models.metadata.taps;
  for (const StabilityOptions& options : probes) {
    probes_.emplace_back(ChooseTail(models.target, taps, tail), models.task, backend,
                         CompileOptions{.deadline = std::chrono::minutes(2)}, options);
    probes_.back().Prepare();
  }
  tap_ = static_cast<std::size_t>(std::ranges::find(taps, probes_.at(0).tap()) - taps.begin());
}

StabilitySet StabilityRunner::Run(const Dataset& data,
                                  const std::function<void(std::int64_t)>& on_batch) {
  StabilitySet set{.data = data.name(), .samples = {}, .stability = {}};
  set.stability.resize(probes_.size());
  const auto measure = [&](std::span<const Tensor> taps, std::span<const JudgedSample> samples) {
    for (std::size_t row = 0; row < samples.size(); ++row) {
      for (std::size_t p = 0; p < probes_.size(); ++p) {
        const auto id = static_cast<std::int64_t>(set.stability[p].size());
        set.stability[p].push_back(probes_[p].Measure(
            id, RowOf(taps[tap_], static_cast<std::int64_t>(row)), samples[row].output));
      }
    }
  };
  set.samples = runner_.Run(data, on_batch, measure);
  return set;
}

}  // namespace vigil
