#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/graph/draft.h"
#include "engine/graph/passes.h"

namespace vigil {
namespace {

constexpr std::size_t kMostNamed = 4;

std::size_t Index(ValueId id) { return static_cast<std::size_t>(id); }

ValueId FindCut(const Graph& graph, std::string_view name) {
  const std::optional<ValueId> cut = graph.Find(name);
  if (!cut || graph.value(*cut).constant) {
    throw Error(Fault::kApi, ErrorCode::kNotFound,
                Text("tail from '", name, "': the model has no such value"));
  }
  return *cut;
}

// By value: whether it follows from one of `roots`, in nodes that can run in order.
std::vector<bool> FollowsFrom(const Graph& graph, std::span<const ValueId> roots, ValueId except) {
  std::vector<bool> follows(graph.values().size(), false);
  for (const ValueId id : roots) follows[Index(id)] = id != except;
  for (const Node& node : graph.nodes()) {
    const bool any =
        std::ranges::any_of(node.inputs, [&](ValueId id) { return follows[Index(id)]; });
    for (const ValueId id : node.outputs) {
      if (any && id != except) follows[Index(id)] = true;
    }
  }
  return follows;
}

// By value: whether the outputs need it, where `cut` is given.
std::vector<bool> NeededBehind(const Graph& graph, ValueId cut) {
  std::vector<bool> needed(graph.values().size(), false);
  for (const ValueId id : graph.outputs()) needed[Index(id)] = true;
  for (std::size_t i = graph.nodes().size(); i-- > 0;) {
    const Node& node = graph.nodes()[i];
    const bool runs = std::ranges::any_of(
        node.outputs, [&](ValueId id) { return needed[Index(id)] && id != cut; });
    if (!runs) continue;
    for (const ValueId id : node.inputs) needed[Index(id)] = true;
  }
  return needed;
}

std::string List(const Graph& graph, const std::vector<ValueId>& ids) {
  std::string text;
  for (std::size_t i = 0; i < std::min(kMostNamed, ids.size()); ++i)
    text += Text(i ? ", '" : "'", graph.value(ids[i]).name, "'");
  if (ids.size() > kMostNamed) text += Text(" and ", ids.size() - kMostNamed, " more");
  return text;
}

// Throws unless every output follows from the cut, and from nothing else but constants.
void CheckCut(const Graph& graph, ValueId cut, const std::vector<bool>& needed) {
  const std::string& name = graph.value(cut).name;
  std::vector<bool> from_cut = FollowsFrom(graph, std::array{cut}, -1);
  const std::vector<bool> from_inputs = FollowsFrom(graph, graph.inputs(), cut);
  for (const ValueId id : graph.outputs()) {
    if (from_cut[Index(id)]) continue;
    throw Error(
        Fault::kModel, ErrorCode::kUnsupported,
        Text("tail from '", name, "': output '", graph.value(id).name, "' does not depend on it"));
  }
  std::vector<ValueId> around;
  for (const Node& node : graph.nodes()) {
    const bool in_tail = std::ranges::any_of(node.outputs, [&](ValueId id) {
      return id != cut && needed[Index(id)] && from_cut[Index(id)];
    });
    if (!in_tail) continue;
    for (const ValueId id : node.inputs) {
      if (from_inputs[Index(id)] && !from_cut[Index(id)] && !std::ranges::count(around, id))
        around.push_back(id);
    }
  }
  if (around.empty()) return;
  throw Error(Fault::kModel, ErrorCode::kUnsupported,
              Text("tail from '", name, "': the outputs also depend on ", List(graph, around),
                   ", which go", around.size() == 1 ? "es" : "", " around it"));
}

}  // namespace

Graph TailFrom(const Graph& graph, std::string_view value) {
  const ValueId cut = FindCut(graph, value);
  const std::vector<bool> needed = NeededBehind(graph, cut);
  CheckCut(graph, cut, needed);
  Draft draft(graph);
  for (Node& node : draft.nodes) {
    const bool runs = std::ranges::any_of(
        node.outputs, [&](ValueId id) { return needed[Index(id)] && id != cut; });
    if (!runs) node.outputs.clear();
  }
  draft.inputs = {cut};
  draft.taps.clear();
  return draft.Build();
}

}  // namespace vigil
