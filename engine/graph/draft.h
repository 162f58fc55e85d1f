// A graph taken apart for a pass. Private to the room.
#ifndef VIGIL_ENGINE_GRAPH_DRAFT_H_
#define VIGIL_ENGINE_GRAPH_DRAFT_H_

#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil {

// Nodes and values of one graph, open to change; ids stay those of the graph it came from. A node
// without outputs counts as removed. One thread.
struct Draft {
  static constexpr int kNoNode = -1;

  explicit Draft(const Graph& graph);

  // Adds a value whose name starts with `base` and is not used yet.
  ValueId NewConstant(const std::string& base, Tensor tensor);
  ValueId NewValue(const std::string& base, const TensorDesc& desc);

  const Value& value(ValueId id) const { return values[static_cast<std::size_t>(id)]; }
  bool is_constant(ValueId id) const { return value(id).constant != nullptr; }

  // Puts the nodes in an order that can run (the earliest of those that are ready goes first, so
  // that further nodes never change the order of the others) and infers every description anew.
  // Constants that no node reads are left out.
  Graph Build() const;

  std::vector<Value> values;
  std::vector<Node> nodes;
  std::vector<ValueId> inputs, outputs, taps;
  std::map<std::string, std::string> metadata;
  std::string batch_constant;  // GraphBuilder::FixBatch

 private:
  std::string UniqueName(const std::string& base);

  std::unordered_set<std::string> names_;
};

// What passes ask about the way from the inputs to the outputs. Nodes that only taps need are not
// on the path: they never count in a decision, so that outputs do not depend on the taps.
struct PathView {
  explicit PathView(const Draft& draft);

  // Whether the one reader of `id` on the path may swallow it: it is read once, and is no output.
  bool Swallowable(ValueId id) const;
  // Whether somebody off the path wants `id`: a tap, or a node that only taps need.
  bool WantedOffPath(ValueId id) const { return off_path_wanted[static_cast<std::size_t>(id)]; }
  int Producer(ValueId id) const { return producer[static_cast<std::size_t>(id)]; }

  std::vector<int> producer;          // by value: index of the node, or Draft::kNoNode
  std::vector<bool> node_on_path;     // by node
  std::vector<int> path_reads;        // by value: inputs of nodes on the path
  std::vector<bool> is_output;        // by value
  std::vector<bool> off_path_wanted;  // by value
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_GRAPH_DRAFT_H_
