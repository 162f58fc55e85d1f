// What it takes to keep a value of a model, besides the copy.
#ifndef VIGIL_TOOLS_VIGIL_TAP_COSTS_H_
#define VIGIL_TOOLS_VIGIL_TAP_COSTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil {

struct TapCost {
  bool is_input = false;      // a graph input: a copy of what the caller gave
  bool second_store = false;  // fusion swallowed it: the fused kernel writes it too
  int dispatches = 0;         // folding removed it: kernels that only a run with this tap has
  std::int64_t macs = 0;      // of those
};

// Names of all values that can be a tap: every float32 value but constants, inputs first.
std::vector<std::string> TapCandidates(const Graph& graph);

// Of each candidate by its name, when it is the only tap.
std::map<std::string, TapCost> TapCosts(const Graph& graph);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_TAP_COSTS_H_
