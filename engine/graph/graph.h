// A network as data: values, nodes in an order that can run, constants and taps.
#ifndef VIGIL_ENGINE_GRAPH_GRAPH_H_
#define VIGIL_ENGINE_GRAPH_GRAPH_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ops/op.h"
#include "engine/tensor/tensor.h"

namespace vigil {

using ValueId = std::int32_t;

struct Value {
  std::string name;  // unique within the graph, never empty
  TensorDesc desc;
  std::shared_ptr<const Tensor>
      constant;  // null but for constants; shared by graphs made of each other
};

struct Node {
  std::string name;  // for messages; unique
  OpAttrs attrs;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
};

// Immutable once built, and shared freely among threads; passes return a new one. Invariants: nodes
// are topologically ordered; every value is a graph input, a constant, or the output of exactly one
// node; every description follows from the inputs' by the operators' shape rules. Dimension 0 of
// every graph input is the batch.
class Graph {
 public:
  const std::vector<Value>& values() const { return values_; }
  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<ValueId>& inputs() const { return inputs_; }
  const std::vector<ValueId>& outputs() const { return outputs_; }
  // Values that a run may keep besides the outputs (DESIGN.md: taps), in the order asked for.
  const std::vector<ValueId>& taps() const { return taps_; }
  // ONNX metadata_props: labels, normalisation, thresholds, calibration.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

  const Value& value(ValueId id) const { return values_[static_cast<std::size_t>(id)]; }
  std::optional<ValueId> Find(std::string_view value_name) const;
  std::int64_t batch() const;  // dimension 0 of the first input; 1 where there is none
  // Descriptions of a node's inputs and outputs.
  std::vector<TensorDesc> Descs(std::span<const ValueId> ids) const;
  OpCost Cost() const;              // sum over the nodes
  std::int64_t Parameters() const;  // elements of float constants

  // The same network for another batch size; its own changes nothing. Throws Error (Model,
  // kInvalidShape) naming the node where the batch is baked into a shape, or the constant that
  // follows from it.
  Graph WithBatch(std::int64_t batch) const;
  // The same network with these taps. Throws Error (Api, kNotFound) that names the tap and close
  // names.
  Graph WithTaps(std::span<const std::string> tap_names) const;
  // The same network with other outputs; what only the old ones needed stays until RemoveDead.
  // Throws Error (Api, kNotFound) as WithTaps.
  Graph WithOutputs(std::span<const std::string> output_names) const;
  Graph WithMetadata(std::map<std::string, std::string> metadata) const;
  // The same network with other constants, by value. Throws Error (Model, kInvalidShape) where one
  // differs in description.
  Graph WithConstants(const std::map<ValueId, std::shared_ptr<const Tensor>>& constants) const;

 private:
  friend class GraphBuilder;
  friend struct Draft;
  Graph() = default;

  std::vector<Value> values_;
  std::vector<Node> nodes_;
  std::vector<ValueId> inputs_, outputs_, taps_;
  std::map<std::string, std::string> metadata_;
  std::string batch_constant_;  // a constant that follows from the batch; empty where none does
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_GRAPH_GRAPH_H_
