// Slices as every form of the report says them.
#ifndef VIGIL_ESTIMATOR_REPORT_SLICE_WORDS_H_
#define VIGIL_ESTIMATOR_REPORT_SLICE_WORDS_H_

#include <string>
#include <vector>

#include "estimator/monitor/slices/slice_search.h"

namespace vigil {

std::string SliceName(const Subgroup& slice);  // "camera rear, site b"
std::string GapText(const Subgroup& slice);    // "-24.3 points (-31.0 to -17.5)"
// How its gap became wider: "suddenly about 2026-11-25: from -1.2 to -24.3 points", "slowly: by 0.6
// points a day". Empty where it did not.
std::string ChangeText(const Subgroup& slice);

// Slices worth a line: those that are worse, then those that only changed.
std::vector<Subgroup> NamedSlices(const SliceFindings& findings);
// How many were looked at, and what that means: one or two sentences.
std::string LookedAtText(const SliceFindings& findings, const SliceSearchOptions& options);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_REPORT_SLICE_WORDS_H_
