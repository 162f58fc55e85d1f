// What the slices add to what the stream tests say: events that are one subgroup's, and subgroups
// that advice is to know of.
#ifndef VIGIL_ESTIMATOR_MONITOR_ADVICE_SUBGROUPS_H_
#define VIGIL_ESTIMATOR_MONITOR_ADVICE_SUBGROUPS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "estimator/monitor/advice/advice.h"
#include "estimator/monitor/drift/drift_event.h"
#include "estimator/monitor/slices/slice_search.h"

namespace vigil {

// "site=yard, camera=rear".
std::string NameOf(const Subgroup& subgroup);

// A subgroup that fell suddenly while all others did as before explains what the stream tests saw
// about that time without seeing the inputs' statistics move: such an event becomes
// DriftKind::kSubgroup with the subgroup's name. A fall that no event tells of is added as one,
// detected at `now_micros`. The result is in the order of the starts.
std::vector<DriftEvent> WithSubgroups(std::vector<DriftEvent> events, const SliceFindings& findings,
                                      std::int64_t now_micros);

// Those that are worse than the rest by kWorthAdvice or more.
std::vector<FailingSlice> FailingSlices(const SliceFindings& findings);
inline constexpr double kWorthAdvice = 0.05;

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_ADVICE_SUBGROUPS_H_
