#include "engine/onnx/importer.h"

#include "engine/base/text.h"
#include "engine/onnx/folder.h"
#include "engine/onnx/import_operators.h"
#include "engine/onnx/input_reader.h"
#include "engine/onnx/node_order.h"
#include "engine/onnx/tensor_proto.h"

namespace vigil::onnx {
namespace {

class Importer {
 public:
  Importer(const schema::ModelProto& model, std::int64_t opset, const OnnxReadOptions& options,
           const ExternalData* external)
      : model_(model),
        graph_(model.graph()),
        opset_(opset),
        options_(options),
        external_(external),
        order_(NodeOrder(graph_)),
        values_(DefinedNames(graph_)),
        folder_(values_, opset, options.max_folded_bytes) {}

  Graph Run() {
    DefineConstantsAndInputs();
    for (const int index : order_) AddNode(graph_.node(index));
    DefineOutputs();
    for (const auto& entry : model_.metadata_props()) {
      values_.builder().Metadata(entry.key(), entry.value());
    }
    return std::move(values_.builder()).Build();
  }

 private:
  void DefineConstantsAndInputs() {
    std::unordered_set<std::string_view> constants;
    for (const auto& tensor : graph_.initializer()) {
      if (tensor.name().empty()) ThrowMalformed("an initializer has no name");
      values_.DefineConstant(tensor.name(),
                             std::make_shared<const Tensor>(ReadTensor(tensor, external_)));
      constants.insert(tensor.name());
    }
    const InputReader reader(options_);
    std::size_t place = 0;  // among the inputs proper
    for (const auto& input : graph_.input()) {
      if (constants.contains(input.name())) continue;
      if (place < options_.constant_inputs.size() && options_.constant_inputs[place]) {
        values_.DefineConstant(input.name(), options_.constant_inputs[place++]);
        continue;
      }
      ++place;
      const TensorDesc desc = reader.Read(input);
      values_.DefineValue(input.name(), values_.builder().Input(input.name(), desc),
                          AtProbedBatch(desc.shape));
    }
    reader.RequireAllUsed();
  }

  void AddNode(const schema::NodeProto& proto) {
    std::optional<MappedNode> mapped;
    std::size_t outputs = 0;
    try {
      if (folder_.Fold(proto)) return;
      const Mapping mapping = MappingOf(proto.op_type());
      if (!mapping) ThrowUnsupported(folder_.Reason());
      ImportNode node(proto, opset_, values_);
      mapped = mapping(node);
      if (!mapped) return;
      const std::vector<TensorDesc> descs = values_.DescsOf(mapped->inputs);
      outputs = OpOf(mapped->attrs).infer(mapped->attrs, descs).size();
    } catch (const Error& error) {
      throw Error(error.fault(), error.code(),
                  Text("node '", NodeLabel(proto), "' (", proto.op_type(), ", opset ", opset_,
                       "): ", error.what()));
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < outputs; ++i) {
      const int at = static_cast<int>(i);
      const bool named = at < proto.output_size() && !proto.output(at).empty();
      names.push_back(named ? proto.output(at)
                            : values_.UniqueName(Text(NodeLabel(proto), ".output", i)));
    }
    const std::vector<ProbedShape> probed = values_.Probe(mapped->attrs, mapped->inputs);
    const std::vector<ValueId> ids =
        values_.builder().AddNode(UniqueNodeName(NodeLabel(proto)), std::move(mapped->attrs),
                                  std::move(mapped->inputs), names);
    for (std::size_t i = 0; i < outputs; ++i) values_.DefineValue(names[i], ids[i], probed[i]);
  }

  // Node names only serve messages: a second one of a name is told apart, not refused.
  std::string UniqueNodeName(const std::string& label) {
    std::string name = label;
    for (int i = 2; !node_names_.insert(name).second; ++i) name = Text(label, "_", i);
    return name;
  }

  // An output under another constant's name gets a node, to have its own.
  void DefineConstantOutput(const std::string& name) {
    if (values_.ProbedConstantOf(name)) values_.builder().FixBatch(name);
    const ValueId id = values_.IdOf(name);
    if (values_.builder().value(id).name == name) return;
    values_.DefineValue(name, values_.builder().Add(name, UnaryAttrs{UnaryKind::kIdentity}, {id}));
  }

  void DefineOutputs() {
    std::unordered_set<std::string> seen;
    const std::unordered_set<std::string> names = DefinedNames(graph_);
    for (const auto& output : graph_.output()) {
      if (!names.contains(output.name())) {
        ThrowMalformed(Text("output '", output.name(), "' is defined by no node"));
      }
      if (!seen.insert(output.name()).second) {
        ThrowMalformed(Text("output '", output.name(), "' is listed twice"));
      }
      if (values_.ConstantOf(output.name())) DefineConstantOutput(output.name());
      values_.builder().Output(values_.IdOf(output.name()));
    }
  }

  const schema::ModelProto& model_;
  const schema::GraphProto& graph_;
  std::int64_t opset_;
  const OnnxReadOptions& options_;
  const ExternalData* external_;
  std::vector<int> order_;
  ValueTable values_;
  Folder folder_;
  std::unordered_set<std::string> node_names_;
};

}  // namespace

Graph ImportGraph(const schema::ModelProto& model, std::int64_t opset,
                  const OnnxReadOptions& options, const ExternalData* external) {
  return Importer(model, opset, options, external).Run();
}

}  // namespace vigil::onnx
