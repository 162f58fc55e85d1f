#include <algorithm>
#include <array>
#include <map>

#include "engine/base/text.h"
#include "engine/onnx/fold.h"
#include "engine/onnx/import_operators.h"
#include "engine/ops/element_type.h"
#include "engine/ops/evaluate.h"

namespace vigil::onnx {
namespace {

// Operators that shape subgraphs are made of; their references take every element type.
bool FoldsByReference(std::string_view op_type) {
  static constexpr auto kOperators = std::to_array<std::string_view>({"Abs",
                                                                      "Add",
                                                                      "And",
                                                                      "Cast",
                                                                      "CastLike",
                                                                      "Ceil",
                                                                      "Clip",
                                                                      "Concat",
                                                                      "DepthToSpace",
                                                                      "Div",
                                                                      "Equal",
                                                                      "Expand",
                                                                      "Flatten",
                                                                      "Floor",
                                                                      "Gather",
                                                                      "Greater",
                                                                      "GreaterOrEqual",
                                                                      "Less",
                                                                      "LessOrEqual",
                                                                      "Max",
                                                                      "Min",
                                                                      "Mod",
                                                                      "Mul",
                                                                      "Neg",
                                                                      "Not",
                                                                      "Or",
                                                                      "Pad",
                                                                      "Pow",
                                                                      "ReduceMax",
                                                                      "ReduceMin",
                                                                      "ReduceProd",
                                                                      "ReduceSum",
                                                                      "Reshape",
                                                                      "Round",
                                                                      "Sign",
                                                                      "Slice",
                                                                      "SpaceToDepth",
                                                                      "Split",
                                                                      "Sqrt",
                                                                      "Squeeze",
                                                                      "Sub",
                                                                      "Sum",
                                                                      "Tile",
                                                                      "Transpose",
                                                                      "Unsqueeze",
                                                                      "Where",
                                                                      "Xor"});
  return std::ranges::find(kOperators, op_type) != kOperators.end();
}

// What ONNX leaves open, and a file that computes its shapes cannot mean.
void RequireDivisors(const OpAttrs& attrs, std::span<const ConstTensorView> inputs) {
  const auto* binary = std::get_if<BinaryAttrs>(&attrs);
  const bool divides =
      binary && (binary->kind == BinaryKind::kDiv || binary->kind == BinaryKind::kMod ||
                 binary->kind == BinaryKind::kRemainder);
  if (!divides || !IsInteger(inputs[1].desc.dtype)) return;
  WithNumberType(inputs[1].desc.dtype, [&]<typename T>(T) {
    if (std::ranges::count(inputs[1].as<T>(), T{}) == 0) return;
    throw Error(Fault::kModel, ErrorCode::kInvalidValue, "division by 0");
  });
}

// A node as the importer maps it, in a graph of its own whose inputs are all constant.
class SmallGraph {
 public:
  explicit SmallGraph(const FoldArguments& arguments)
      : arguments_(arguments), values_(Names(arguments.proto)) {
    for (int i = 0; i < arguments.proto.input_size(); ++i) {
      const ConstantTensor& input = arguments.inputs[static_cast<std::size_t>(i)];
      if (input) values_.DefineConstant(arguments.proto.input(i), input);
    }
  }

  std::optional<std::vector<ConstantTensor>> Outputs() {
    ImportNode node(arguments_.proto, arguments_.opset, values_);
    const auto mapped = MappingOf(arguments_.proto.op_type())(node);
    if (!mapped) return {{values_.ConstantOf(arguments_.proto.output(0))}};
    // The nodes that the mapping put in front.
    for (const Node& part : values_.builder().nodes()) {
      auto results = Evaluate(part.attrs, part.inputs);
      if (!results) return std::nullopt;
      for (std::size_t i = 0; i < part.outputs.size(); ++i) {
        made_[part.outputs[i]] = std::move((*results)[i]);
      }
    }
    return Evaluate(mapped->attrs, mapped->inputs);
  }

 private:
  static std::unordered_set<std::string> Names(const schema::NodeProto& proto) {
    std::unordered_set<std::string> names(proto.input().begin(), proto.input().end());
    names.insert(proto.output().begin(), proto.output().end());
    return names;
  }

  ConstTensorView ViewOf(ValueId id) {
    const auto made = made_.find(id);
    const Tensor& tensor =
        made != made_.end() ? *made->second : *values_.builder().value(id).constant;
    return tensor.view();
  }

  std::optional<std::vector<ConstantTensor>> Evaluate(const OpAttrs& attrs,
                                                      const std::vector<ValueId>& ids) {
    std::vector<ConstTensorView> inputs;
    std::vector<TensorDesc> descs;
    for (const ValueId id : ids) {
      inputs.push_back(ViewOf(id));
      descs.push_back(inputs.back().desc);
    }
    std::size_t bytes = 0;
    for (const TensorDesc& desc : OpOf(attrs).infer(attrs, descs)) bytes += desc.bytes();
    if (!arguments_.budget.Allows(bytes)) return std::nullopt;
    RequireDivisors(attrs, inputs);
    std::vector<ConstantTensor> outputs;
    for (Tensor& output : EvaluateOp(attrs, inputs)) {
      outputs.push_back(std::make_shared<const Tensor>(std::move(output)));
    }
    return outputs;
  }

  const FoldArguments& arguments_;
  ValueTable values_;
  std::map<ValueId, ConstantTensor> made_;
};

}  // namespace

bool FoldBudget::Allows(std::size_t bytes) {
  if (bytes <= left_) return true;
  refused_ = bytes;
  return false;
}

std::string FoldBudget::Refusal() const {
  return Text("its result is constant and takes ", refused_, " bytes: ", left_, " are left of the ",
              limit_, " that a model's computed constants may take");
}

const Tensor& FoldArguments::Input(std::size_t i) const {
  if (!Has(i)) ThrowMalformed(Text("input ", i, " is left out"));
  return *inputs[i];
}

std::vector<std::int64_t> FoldArguments::Ints(std::size_t i) const {
  const Tensor& tensor = Input(i);
  const auto copy = [](auto values) {
    return std::vector<std::int64_t>(values.begin(), values.end());
  };
  if (tensor.desc().dtype == DType::kInt64) return copy(tensor.as<std::int64_t>());
  if (tensor.desc().dtype == DType::kInt32) return copy(tensor.as<std::int32_t>());
  throw Error(Fault::kModel, ErrorCode::kInvalidType,
              Text("input ", i, " holds ", DTypeName(tensor.desc().dtype), ": expected int64"));
}

bool IsFolded(std::string_view op_type) {
  return FoldsByReference(op_type) || ShapeFolding(op_type) || ReadsShapeAlone(op_type);
}

std::optional<std::vector<ConstantTensor>> FoldNode(const FoldArguments& arguments) {
  const std::string& op_type = arguments.proto.op_type();
  if (FoldsByReference(op_type)) return SmallGraph(arguments).Outputs();
  const Folding folding = ShapeFolding(op_type);
  std::optional<Tensor> result = folding ? folding(arguments) : std::nullopt;
  if (!result) return std::nullopt;
  return {{std::make_shared<const Tensor>(std::move(*result))}};
}

}  // namespace vigil::onnx
