// PE's figures on a whole set at once: what tables that compare several PEs are made of.
#ifndef VIGIL_ESTIMATOR_EVALUATION_SET_FIGURES_H_
#define VIGIL_ESTIMATOR_EVALUATION_SET_FIGURES_H_

#include <functional>
#include <memory>
#include <vector>

#include "estimator/evaluation/figures.h"
#include "estimator/evaluation/judged_models.h"

namespace vigil {

struct SetFigures {
  std::int64_t images = 0;
  int clusters = 0;
  std::vector<NamedFigure> figures;  // EstimatorFigures
};

// The models on `set`, with their taps in `encoding`; `draws` of the bootstrap. `on_batch` and
// errors as JudgedRunner::Run.
SetFigures FiguresOn(const JudgedModels& models, const std::shared_ptr<Backend>& backend,
                     Encoding encoding, const Dataset& set, int draws, std::uint64_t seed,
                     const std::function<void(std::int64_t)>& on_batch);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_SET_FIGURES_H_
