#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/onnx/fold.h"
#include "engine/onnx/import_operators.h"
#include "engine/ops/evaluate.h"

namespace vigil::onnx {
namespace {

// Operators that only move values: their references take every element type.
bool OnlyMoves(std::string_view op_type) {
  static constexpr auto kMovers = std::to_array<std::string_view>(
      {"Cast", "CastLike", "Concat", "DepthToSpace", "Expand", "Flatten", "Gather", "Pad",
       "Reshape", "Slice", "SpaceToDepth", "Split", "Squeeze", "Tile", "Transpose", "Unsqueeze",
       "Where"});
  return std::ranges::find(kMovers, op_type) != kMovers.end();
}

// As the importer would map the node, in a graph of its own.
std::optional<std::vector<ConstantTensor>> FoldByReference(const FoldArguments& arguments) {
  const schema::NodeProto& proto = arguments.proto;
  std::unordered_set<std::string> names(proto.input().begin(), proto.input().end());
  names.insert(proto.output().begin(), proto.output().end());
  ValueTable values(std::move(names));
  for (int i = 0; i < proto.input_size(); ++i) {
    const ConstantTensor& input = arguments.inputs[static_cast<std::size_t>(i)];
    if (input) values.DefineConstant(proto.input(i), input);
  }
  ImportNode node(proto, arguments.opset, values);
  const std::optional<MappedNode> mapped = MappingOf(proto.op_type())(node);
  if (!mapped) return {{values.ConstantOf(proto.output(0))}};
  std::vector<ConstTensorView> inputs;
  std::vector<TensorDesc> descs;
  for (const ValueId id : mapped->inputs) {
    inputs.push_back(values.builder().value(id).constant->view());
    descs.push_back(inputs.back().desc);
  }
  for (const TensorDesc& desc : OpOf(mapped->attrs).infer(mapped->attrs, descs)) {
    if (desc.bytes() > arguments.max_bytes) return std::nullopt;
  }
  std::vector<ConstantTensor> outputs;
  for (Tensor& output : EvaluateOp(mapped->attrs, inputs)) {
    outputs.push_back(std::make_shared<const Tensor>(std::move(output)));
  }
  return outputs;
}

}  // namespace

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
  return OnlyMoves(op_type) || ArithmeticFolding(op_type) || ShapeFolding(op_type) ||
         ReadsShapeAlone(op_type);
}

std::optional<std::vector<ConstantTensor>> FoldNode(const FoldArguments& arguments) {
  const std::string& op_type = arguments.proto.op_type();
  if (OnlyMoves(op_type)) return FoldByReference(arguments);
  Folding folding = ArithmeticFolding(op_type);
  if (!folding) folding = ShapeFolding(op_type);
  std::optional<Tensor> result = folding ? folding(arguments) : std::nullopt;
  if (!result) return std::nullopt;
  return {{std::make_shared<const Tensor>(std::move(*result))}};
}

}  // namespace vigil::onnx
