// Which parts of a network are stored in float16.
#ifndef VIGIL_ENGINE_GRAPH_HALF_PLAN_H_
#define VIGIL_ENGINE_GRAPH_HALF_PLAN_H_

#include <map>
#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil {

// The largest finite number of float16.
inline constexpr float kHalfMax = 65504.0f;
// What a probe run may come to: an input that was not probed may reach further, and twice as far is
// allowed for.
inline constexpr float kHalfSafe = kHalfMax / 2;

// A node that stays in float32, and why.
struct KeptNode {
  std::string node;
  std::string reason;
};

struct HalfPlan {
  std::vector<KeptNode> kept;  // in the order of the nodes
};

// The largest magnitude that each value reached in probe runs, by name; infinite for NaN.
using Magnitudes = std::map<std::string, float>;

// Keeps what float16 cannot hold: a node one of whose constants exceeds kHalfMax, or one of whose
// inputs or outputs went beyond kHalfSafe. A value that `magnitudes` does not know passes.
// REQUIRES: `graph` is optimised, so that its nodes are what runs.
HalfPlan PlanHalf(const Graph& graph, const Magnitudes& magnitudes);

// The same network with float values and constants in float16, but for the nodes that the plan
// keeps and for those that are not float throughout. Casts stand at inputs, outputs and taps, which
// keep their names and stay float32, and around nodes that are kept; what is float16 goes by
// NAME.f16. The casts of taps are off the path to the outputs.
// REQUIRES: `graph` is optimised (folding computes in float32) and has no float16 value.
Graph WithHalfStorage(const Graph& graph, const HalfPlan& plan);

}  // namespace vigil

#endif  // VIGIL_ENGINE_GRAPH_HALF_PLAN_H_
