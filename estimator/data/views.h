// Data sets made of others.
#ifndef VIGIL_ESTIMATOR_DATA_VIEWS_H_
#define VIGIL_ESTIMATOR_DATA_VIEWS_H_

#include <functional>
#include <memory>

#include "estimator/data/dataset.h"

namespace vigil {

// `count` samples of a set from `first` on, as a set of its own; shares the base.
std::shared_ptr<const Dataset> Slice(std::shared_ptr<const Dataset> base, std::int64_t first,
                                     std::int64_t count);

// The samples of both, the first's first; shares them.
std::shared_ptr<const Dataset> Joined(std::shared_ptr<const Dataset> first,
                                      std::shared_ptr<const Dataset> second);

// The same samples, made once and kept in memory: for what is looked at several times and is slow
// to render. `on_sample` hears how many are made.
std::shared_ptr<const Dataset> Held(const Dataset& base,
                                    const std::function<void(std::int64_t)>& on_sample = {});
// Samples that stand in memory already.
std::shared_ptr<const Dataset> Held(std::string name, std::vector<Sample> samples);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_VIEWS_H_
