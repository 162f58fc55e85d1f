// Builds a Graph node by node; descriptions are inferred as nodes are added.
#ifndef VIGIL_ENGINE_GRAPH_BUILDER_H_
#define VIGIL_ENGINE_GRAPH_BUILDER_H_

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil {

// Not thread-safe; one builder makes one graph. Every method throws Error (Model) that names the
// node for a duplicate or empty name, a wrong number of inputs, or shapes that do not fit.
class GraphBuilder {
 public:
  GraphBuilder() = default;
  // Goes on from a finished graph: its values, outputs, taps and metadata are there already.
  explicit GraphBuilder(Graph graph);

  ValueId Input(std::string name, const TensorDesc& desc);
  ValueId Constant(std::string name, Tensor tensor);
  ValueId Constant(std::string name, std::shared_ptr<const Tensor> tensor);

  // Adds a node whose single output is called `name`, as is the node.
  ValueId Add(std::string name, OpAttrs attrs, std::vector<ValueId> inputs);
  // Adds a node with named outputs, one for each that the operator's shape rule yields.
  std::vector<ValueId> AddNode(std::string node_name, OpAttrs attrs, std::vector<ValueId> inputs,
                               std::vector<std::string> output_names);

  void Output(ValueId value);
  void Tap(ValueId value);
  void Metadata(std::string key, std::string text);
  // The constant of this name was computed from the batch: the graph serves no other.
  void FixBatch(std::string constant_name);

  std::optional<ValueId> Find(std::string_view value_name) const;
  const TensorDesc& desc(ValueId value) const;
  const Value& value(ValueId value) const { return graph_.value(value); }
  const std::vector<Node>& nodes() const { return graph_.nodes(); }

  // The builder is spent afterwards. Throws Error (Model, kMalformed) where there is no output.
  Graph Build() &&;

 private:
  ValueId NewValue(std::string name, const TensorDesc& desc,
                   std::shared_ptr<const Tensor> constant);

  Graph graph_;
  std::unordered_map<std::string, ValueId> by_name_;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_GRAPH_BUILDER_H_
