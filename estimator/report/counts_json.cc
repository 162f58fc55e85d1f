#include "estimator/report/counts_json.h"

#include <nlohmann/json.hpp>

namespace vigil {

nlohmann::json ToJson(const EpochCounts& counts) {
  return {{"seen", counts.seen},       {"kept", counts.kept},
          {"judged", counts.judged},   {"dropped", counts.dropped},
          {"expired", counts.expired}, {"set_aside", counts.set_aside}};
}

}  // namespace vigil
