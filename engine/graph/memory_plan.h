// Placing values in one arena so that those that are never alive together share memory. Pure.
#ifndef VIGIL_ENGINE_GRAPH_MEMORY_PLAN_H_
#define VIGIL_ENGINE_GRAPH_MEMORY_PLAN_H_

#include <cstddef>
#include <span>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil {

// A value is written in step `first` and read last in step `last` (inclusive). bytes 0 takes no
// room.
struct Lifetime {
  std::size_t bytes = 0;
  int first = 0;
  int last = 0;
};

struct MemoryPlan {
  std::vector<std::size_t> offsets;  // one for each lifetime, multiples of the alignment
  std::size_t arena_bytes = 0;
  std::size_t peak_live_bytes =
      0;  // the largest sum of (aligned) bytes alive in one step: no plan can be smaller
};

// First fit, the largest value first, and where that leaves holes also by bytes times steps and by
// first step: the smallest arena wins. Values with overlapping lifetimes never overlap in memory.
// REQUIRES: alignment is a power of two; first <= last.
MemoryPlan PlanMemory(std::span<const Lifetime> values, std::size_t alignment = 64);

// Lifetimes of a graph's values in the order of graph.values(): a step is a node; inputs live from
// step 0; constants take no room; outputs and taps live to the end, so that they can be copied out
// after the last node.
std::vector<Lifetime> LifetimesOf(const Graph& graph);

}  // namespace vigil

#endif  // VIGIL_ENGINE_GRAPH_MEMORY_PLAN_H_
