// The part of T that can be run again from what a record keeps.
#ifndef VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_TAIL_H_
#define VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_TAIL_H_

#include <span>
#include <string>
#include <string_view>

#include "engine/graph/graph.h"

namespace vigil {

// Where T is cut, of the taps that allow it. From the deepest the least has to be run, so it is
// the default; what happens to an earlier one tells more of T, and costs more.
enum class TailChoice { kDeepest, kEarliest };

struct Tail {
  std::string tap;
  Graph graph;  // TailFrom(target, tap), optimised
};

// `taps` are those that records keep (PE's). `choice` is "deepest", "earliest", or one of them by
// name. Throws Error: (Model, kUnsupported) that says of each tap why T cannot be cut there (a tap
// that was pooled does not give what it was made from); (Api, kNotFound) for another choice.
Tail ChooseTail(const Graph& target, std::span<const std::string> taps, std::string_view choice);
Tail ChooseTail(const Graph& target, std::span<const std::string> taps, TailChoice choice);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_TAIL_H_
