// Nodes that depend on constants or on shapes alone, computed while a file is read. Private to the
// room.
#ifndef VIGIL_ENGINE_ONNX_FOLD_H_
#define VIGIL_ENGINE_ONNX_FOLD_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/onnx/import_node.h"

namespace vigil::onnx {

// Bytes that all constants computed while one file is read may take: a file of a few bytes could
// otherwise make us compute gigabytes.
class FoldBudget {
 public:
  explicit FoldBudget(std::size_t limit) : limit_(limit), left_(limit) {}

  // Whether a result of so many bytes may be made; one that may not is what Refusal tells of.
  bool Allows(std::size_t bytes);
  void Take(std::size_t bytes) { left_ -= bytes < left_ ? bytes : left_; }
  // Starts a node: forgets what was not allowed before.
  void Begin() { refused_ = 0; }
  bool refused() const { return refused_ != 0; }
  std::string Refusal() const;  // one line with the numbers

 private:
  std::size_t limit_, left_, refused_ = 0;
};

// A node whose inputs are all known.
struct FoldArguments {
  const schema::NodeProto& proto;
  std::int64_t opset;
  std::span<const ConstantTensor> inputs;  // null where one is left out
  FoldBudget& budget;

  Attributes attributes() const { return Attributes(proto); }
  bool Has(std::size_t i) const { return i < inputs.size() && inputs[i]; }
  // Throw Error (Model, kMalformed | kInvalidType).
  const Tensor& Input(std::size_t i) const;
  std::vector<std::int64_t> Ints(std::size_t i) const;  // int64 or int32
};

// Nothing where the node is left to the graph, for its types or its size.
using Folding = std::optional<Tensor> (*)(const FoldArguments&);

// What makes constants of shapes: fold_shape.cc. Null for other operators.
Folding ShapeFolding(std::string_view op_type);

// Whether FoldNode, or FoldShape, knows the operator.
bool IsFolded(std::string_view op_type);
inline bool ReadsShapeAlone(std::string_view op_type) {
  return op_type == "Shape" || op_type == "Size";
}

// The outputs of a node of an operator that IsFolded; nothing where the node is left to the graph.
// Throws Error (Model) without the node's name.
std::optional<std::vector<ConstantTensor>> FoldNode(const FoldArguments& arguments);

// Shape or Size of something of this shape.
Tensor FoldShape(const FoldArguments& arguments, const Shape& shape);

// One vector of int64.
Tensor Int64Vector(std::span<const std::int64_t> values);

}  // namespace vigil::onnx

#endif  // VIGIL_ENGINE_ONNX_FOLD_H_
