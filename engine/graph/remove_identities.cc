#include <algorithm>
#include <numeric>

#include "engine/graph/draft.h"
#include "engine/graph/passes.h"

namespace vigil {
namespace {

bool PassesItsInputOn(const Node& node) {
  const auto* unary = std::get_if<UnaryAttrs>(&node.attrs);
  return unary && Copies(*unary);
}

}  // namespace

Graph RemoveIdentities(const Graph& graph) {
  Draft draft(graph);
  std::vector<ValueId> source(draft.values.size());  // what is read in place of each value
  std::iota(source.begin(), source.end(), 0);
  for (Node& node : draft.nodes) {
    for (ValueId& id : node.inputs) id = source[static_cast<std::size_t>(id)];
    if (!PassesItsInputOn(node)) continue;
    const ValueId output = node.outputs.front();
    source[static_cast<std::size_t>(output)] = node.inputs.front();
    const bool named_outside =
        std::ranges::count(draft.outputs, output) || std::ranges::count(draft.taps, output);
    if (!named_outside) node.outputs.clear();
  }
  return draft.Build();
}

}  // namespace vigil
