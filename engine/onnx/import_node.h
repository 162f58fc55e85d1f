// What an operator's mapping sees of the node that it maps. Private to the room.
#ifndef VIGIL_ENGINE_ONNX_IMPORT_NODE_H_
#define VIGIL_ENGINE_ONNX_IMPORT_NODE_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/graph/builder.h"
#include "engine/onnx/attributes.h"
#include "engine/onnx/schema.h"

namespace vigil::onnx {

// What a constant and a shape would be at another batch size stands beside what they are: so what
// follows the batch is told from what does not. Nothing where the batch is baked in.
using ConstantTensor = std::shared_ptr<const Tensor>;
using ProbedShape = std::optional<Shape>;

// Values by their name in the file. A constant enters the graph when a node first reads it as a
// value; one that only sizes a node (a shape, bounds) never does.
class ValueTable {
 public:
  // `names` are all names that the file defines: none of them is given to anything else.
  explicit ValueTable(std::unordered_set<std::string> names) : names_(std::move(names)) {}

  void DefineValue(const std::string& name, ValueId id, const ProbedShape& probed = std::nullopt);
  // `probed`: the constant at the other batch size, null where it is the same.
  void DefineConstant(const std::string& name, ConstantTensor tensor,
                      ConstantTensor probed = nullptr);
  // `name` stands for the same thing as `other`, which is defined.
  void DefineAlias(const std::string& name, const std::string& other);

  // Throw Error (Model, kUnsupported) for a name that no mapping defined: an output that we do not
  // compute, such as Dropout's mask.
  ValueId IdOf(const std::string& name);
  const Shape& ShapeOf(const std::string& name) const { return DescOf(name).shape; }
  const TensorDesc& DescOf(const std::string& name) const;
  // Its shape at the other batch size.
  ProbedShape ProbedShapeOf(const std::string& name) const;
  ProbedShape ProbedShapeOf(ValueId id) const;
  // A node's outputs' shapes at the other batch size; nothing where it has the batch baked in.
  std::vector<ProbedShape> Probe(const OpAttrs& attrs, std::span<const ValueId> inputs) const;
  // Adds a node of one output to the graph, under a name of the caller's.
  ValueId AddNode(const std::string& name, OpAttrs attrs, std::vector<ValueId> inputs);
  // The constant at the other batch size, null where it is the same or there is none.
  ConstantTensor ProbedConstantOf(const std::string& name) const { return Find(name).probed; }
  // Null where the value is not constant.
  std::shared_ptr<const Tensor> ConstantOf(const std::string& name) const;

  // Adds a constant of a new name that starts with `base`.
  ValueId AddConstant(const std::string& base, Tensor tensor);
  std::string UniqueName(const std::string& base);

  GraphBuilder& builder() { return builder_; }
  std::vector<TensorDesc> DescsOf(std::span<const ValueId> ids) const;

 private:
  struct Entry {
    std::optional<ValueId> id;
    std::shared_ptr<const Tensor> constant;
    std::string constant_name;
    ConstantTensor probed;
  };
  const Entry& Find(const std::string& name) const;

  GraphBuilder builder_;
  std::unordered_map<std::string, Entry> entries_;
  std::unordered_map<ValueId, ProbedShape> probed_shapes_;  // of values that are no constants
  std::unordered_map<std::string, ValueId> constant_ids_;   // constants in the graph, by name
  std::unordered_set<std::string> names_;
};

// One node of the file while it is mapped. Methods throw Error (Model) without the node's name,
// which the importer puts in front.
class ImportNode {
 public:
  ImportNode(const schema::NodeProto& proto, std::int64_t opset, ValueTable& values)
      : proto_(proto), opset_(opset), values_(values) {}

  std::int64_t opset() const { return opset_; }
  Attributes attributes() const { return Attributes(proto_); }

  // Throws (Model, kMalformed) where there are fewer than `low` or more than `high` inputs.
  void RequireInputs(int low, int high) const;
  int input_count() const { return proto_.input_size(); }
  bool HasInput(int i) const { return i < proto_.input_size() && !proto_.input(i).empty(); }
  ValueId Input(int i) { return values_.IdOf(proto_.input(i)); }
  std::vector<ValueId> Inputs();
  // Input `i` with `ones` dimensions of 1 at its end.
  ValueId InputWithOnesBehind(int i, std::int64_t ones);
  Shape InputShape(int i) const { return values_.ShapeOf(proto_.input(i)); }
  // By value: a mapping that adds nodes moves the descriptions in memory.
  TensorDesc InputDesc(int i) const { return values_.DescOf(proto_.input(i)); }
  int InputRank(int i) const { return InputShape(i).rank(); }
  ProbedShape ProbedInputShape(int i) const { return values_.ProbedShapeOf(proto_.input(i)); }
  int output_count() const { return proto_.output_size(); }
  std::shared_ptr<const Tensor> Constant(int i) const {
    return values_.ConstantOf(proto_.input(i));
  }
  // For inputs that become attributes; `role` names them. Throw (Model, kUnsupported) where they
  // are known only at run time, (Model, kInvalidType | kInvalidShape) for another type or size.
  std::vector<std::int64_t> ConstantInts(int i, std::string_view role) const;
  float ConstantScalar(int i, std::string_view role) const;
  std::vector<float> ConstantFloats(int i, std::string_view role) const;
  float ConstantNumber(int i, std::string_view role) const;  // one, of any element type
  // ConstantInts at the other batch size; nothing where they are the same.
  std::optional<std::vector<std::int64_t>> ProbedInts(int i) const;
  // Integers that were an attribute before `since` and are input `i` from then on; nothing where
  // they are left out.
  std::optional<std::vector<std::int64_t>> IntsOfEither(std::string_view name, int i,
                                                        std::int64_t since) const;

  ValueId AddConstant(const std::string& base, Tensor tensor) {
    return values_.AddConstant(base, std::move(tensor));
  }
  // A node that the file does not have, where one of its nodes becomes several here; its value gets
  // a new name.
  ValueId AddNode(OpAttrs attrs, std::vector<ValueId> inputs);
  // A node for output `i` of the file's, which is not the one that the mapping returns; nothing
  // where the file does not want it.
  void AddOutput(int i, OpAttrs attrs, std::vector<ValueId> inputs);
  // For nodes that only name what is known already.
  void DefineConstant(std::shared_ptr<const Tensor> tensor) {
    values_.DefineConstant(proto_.output(0), std::move(tensor));
  }
  void DefineAlias(int input) { values_.DefineAlias(proto_.output(0), proto_.input(input)); }
  const std::string& InputName(int i) const { return proto_.input(i); }

 private:
  const Tensor& RequireConstant(int i, std::string_view role) const;

  const schema::NodeProto& proto_;
  std::int64_t opset_;
  ValueTable& values_;
};

// Negative axes count from the end. Throws Error (Model, kInvalidValue) outside the rank;
// `end_allowed`: rank itself is an axis (Flatten).
std::int64_t ResolveAxis(std::int64_t axis, int rank, bool end_allowed = false);
std::vector<std::int64_t> ResolveAxes(std::vector<std::int64_t> axes, int rank);
// The same, rising; throws (Model, kMalformed) where one is named twice.
std::vector<std::int64_t> DistinctAxes(std::vector<std::int64_t> axes, int rank);

// For constants that a mapping makes in the size of something the file only declares. Throws Error
// (Model, kUnsupported) beyond 2^24 elements.
void RequireModest(std::int64_t elements, std::string_view role);

[[noreturn]] void ThrowUnsupported(const std::string& message);
[[noreturn]] void ThrowMalformed(const std::string& message);

}  // namespace vigil::onnx

#endif  // VIGIL_ENGINE_ONNX_IMPORT_NODE_H_
