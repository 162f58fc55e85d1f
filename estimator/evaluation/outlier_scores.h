// Every score that the table of outliers compares, on sets of images.
#ifndef VIGIL_ESTIMATOR_EVALUATION_OUTLIER_SCORES_H_
#define VIGIL_ESTIMATOR_EVALUATION_OUTLIER_SCORES_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "estimator/evaluation/monitor_runner.h"
#include "estimator/evaluation/outlier_table.h"

namespace vigil {

struct ScoredSet {
  std::vector<int> groups;                  // of the images
  std::vector<bool> correct;                // T was
  std::vector<std::vector<double>> scores;  // [score][image], high where unlike
};

// Autoencoders, and rivals fitted on images that T learned from. Not thread-safe.
class OutlierScores {
 public:
  // Throws as MonitorRunner::Run and the fits.
  OutlierScores(MonitorRunner& runner, const Task& task, const Dataset& training,
                const std::function<void(std::int64_t)>& on_batch);

  const std::vector<OutlierScoreName>& names() const { return names_; }
  ScoredSet Run(const Dataset& data, const std::function<void(std::int64_t)>& on_batch);

 private:
  using Rival = std::function<double(const MonitoredSample&)>;  // high where unlike
  void AddRival(const std::string& name, const std::string& source, Rival rival);

  MonitorRunner& runner_;
  std::vector<OutlierScoreName> names_;
  std::vector<Rival> rivals_;  // the last of names_
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_OUTLIER_SCORES_H_
