// Labelled images put through T and PE, and T's tail run again from what a record would keep.
#ifndef VIGIL_ESTIMATOR_EVALUATION_STABILITY_SET_H_
#define VIGIL_ESTIMATOR_EVALUATION_STABILITY_SET_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "estimator/evaluation/judged_models.h"
#include "estimator/evaluation/judged_set.h"
#include "estimator/monitor/robustness/stability.h"

namespace vigil {

struct StabilitySet {
  std::string data;
  std::vector<JudgedSample> samples;
  // Of each sample, under the options that each probe was made with: [probe][sample].
  std::vector<std::vector<Stability>> stability;
};

// T, PE and one probe or more of T's tail on one backend. Not thread-safe.
class StabilityRunner {
 public:
  // `tail` as ChooseTail's choice. Throws as ChooseTail and StabilityProbe.
  StabilityRunner(const JudgedModels& models, const std::shared_ptr<Backend>& backend,
                  const std::string& tail, std::span<const StabilityOptions> probes);

  // The images' numbers are the records' ids. Errors as JudgedRunner::Run.
  StabilitySet Run(const Dataset& data,
                   const std::function<void(std::int64_t)>& on_batch = nullptr);

  const StabilityProbe& probe(std::size_t i) const { return probes_[i]; }

 private:
  JudgedRunner runner_;
  std::vector<StabilityProbe> probes_;
  std::size_t tap_ = 0;  // that the tail starts from, in PE's order
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_STABILITY_SET_H_
