#include "tools/vigil/tap_costs.h"

#include <algorithm>
#include <set>

#include "engine/graph/passes.h"

namespace vigil {
namespace {

// Whether a kernel of the graph writes the value; a constant that folding made of it is no value.
bool IsMade(const Graph& graph, const std::string& name) {
  const std::optional<ValueId> id = graph.Find(name);
  return id && !graph.value(*id).constant;
}

// The optimised graph with every candidate tapped. Its nodes are those of the graph without taps,
// and extra ones that only taps need; a tap's own cost is the extra nodes that lead to it.
class TappedGraph {
 public:
  TappedGraph(const Graph& graph, const Graph& untapped)
      : graph_(Optimize(graph.WithTaps(TapCandidates(graph)))),
        producer_(graph_.values().size(), nullptr) {
    for (const Node& node : graph_.nodes()) {
      // Fused nodes keep the name of their first output.
      if (!IsMade(untapped, graph_.value(node.outputs.front()).name)) extra_.insert(&node);
      for (const ValueId id : node.outputs) producer_[static_cast<std::size_t>(id)] = &node;
    }
  }

  TapCost CostOf(const std::string& name) const {
    const ValueId id = graph_.Find(name).value();
    const Node* producer = producer_[static_cast<std::size_t>(id)];
    TapCost cost;
    if (!producer) return cost;
    std::set<const Node*> needed;
    Collect(*producer, needed);
    cost.dispatches = static_cast<int>(needed.size());
    for (const Node* node : needed) {
      const OpDef& op = OpOf(node->attrs);
      cost.macs +=
          op.cost(node->attrs, graph_.Descs(node->inputs), graph_.Descs(node->outputs)).macs;
    }
    cost.second_store = needed.empty() && id != producer->outputs.front();
    return cost;
  }

 private:
  void Collect(const Node& node, std::set<const Node*>& needed) const {
    if (!extra_.contains(&node) || !needed.insert(&node).second) return;
    for (const ValueId id : node.inputs) {
      if (const Node* before = producer_[static_cast<std::size_t>(id)]) Collect(*before, needed);
    }
  }

  const Graph graph_;
  std::vector<const Node*> producer_;  // by value; null for inputs and constants
  std::set<const Node*> extra_;
};

}  // namespace

std::vector<std::string> TapCandidates(const Graph& graph) {
  std::vector<std::string> names;
  const auto add = [&](const std::vector<ValueId>& ids) {
    for (const ValueId id : ids) {
      if (graph.value(id).desc.dtype == DType::kFloat32) names.push_back(graph.value(id).name);
    }
  };
  add(graph.inputs());
  for (const Node& node : graph.nodes()) add(node.outputs);
  return names;
}

std::map<std::string, TapCost> TapCosts(const Graph& graph) {
  const Graph untapped = Optimize(graph);
  const TappedGraph tapped(graph, untapped);
  std::map<std::string, TapCost> costs;
  for (const std::string& name : TapCandidates(graph)) {
    costs[name] = IsMade(untapped, name) ? TapCost{} : tapped.CostOf(name);
    costs[name].is_input = std::ranges::any_of(
        graph.inputs(), [&](ValueId id) { return graph.value(id).name == name; });
  }
  return costs;
}

}  // namespace vigil
