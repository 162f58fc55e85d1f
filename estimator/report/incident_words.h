// Incidents as every form of the report says them.
#ifndef VIGIL_ESTIMATOR_REPORT_INCIDENT_WORDS_H_
#define VIGIL_ESTIMATOR_REPORT_INCIDENT_WORDS_H_

#include <string_view>

#include "estimator/store/record.h"

namespace vigil {

// As the taxonomy rates them; "unknown" for names that this version does not know.
std::string_view SeverityText(const Incident& incident);  // "minor", "major", "critical"
std::string_view EffortText(const Incident& incident);    // to mend it: "low", "medium", "high"

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_REPORT_INCIDENT_WORDS_H_
