// What became of T's inferences, for machines.
#ifndef VIGIL_ESTIMATOR_REPORT_COUNTS_JSON_H_
#define VIGIL_ESTIMATOR_REPORT_COUNTS_JSON_H_

#include <nlohmann/json_fwd.hpp>

#include "estimator/store/record.h"

namespace vigil {

// {"seen", "kept", "judged", "dropped", "expired", "set_aside"}, to which callers add.
nlohmann::json ToJson(const EpochCounts& counts);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_REPORT_COUNTS_JSON_H_
