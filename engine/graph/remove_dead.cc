#include "engine/graph/draft.h"
#include "engine/graph/passes.h"

namespace vigil {

Graph RemoveDead(const Graph& graph) {
  Draft draft(graph);
  std::vector<bool> wanted(draft.values.size(), false);
  for (const ValueId id : draft.outputs) wanted[static_cast<std::size_t>(id)] = true;
  for (const ValueId id : draft.taps) wanted[static_cast<std::size_t>(id)] = true;
  for (std::size_t i = draft.nodes.size(); i-- > 0;) {
    Node& node = draft.nodes[i];
    bool needed = false;
    for (const ValueId id : node.outputs) needed = needed || wanted[static_cast<std::size_t>(id)];
    if (!needed) {
      node.outputs.clear();
      continue;
    }
    for (const ValueId id : node.inputs) wanted[static_cast<std::size_t>(id)] = true;
  }
  return draft.Build();
}

}  // namespace vigil
