// Two runs of the bench, before and after a change.
#ifndef VIGIL_BENCH_SPEED_COMPARISON_H_
#define VIGIL_BENCH_SPEED_COMPARISON_H_

#include <ostream>
#include <string>

namespace vigil::bench {

// A line for each row that both files have: medians, their ratio, and whether it is more than
// noise: the quartiles of the two runs do not meet. Returns the program's exit status: 0, or 1
// where a file cannot be read.
int PrintComparison(const std::string& before, const std::string& after, std::ostream& out);

}  // namespace vigil::bench

#endif  // VIGIL_BENCH_SPEED_COMPARISON_H_
