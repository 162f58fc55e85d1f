// From a ModelProto to a Graph. The order of the checks is the order in which a user can mend
// things: the file, its operators, its names, then node after node.
#include <algorithm>
#include <limits>
#include <map>
#include <new>

#include "engine/base/text.h"
#include "engine/onnx/file.h"
#include "engine/onnx/fold.h"
#include "engine/onnx/import_operators.h"
#include "engine/onnx/input_reader.h"
#include "engine/onnx/node_order.h"
#include "engine/onnx/onnx.h"
#include "engine/onnx/tensor_proto.h"

namespace vigil {
namespace onnx {
namespace {

// A file of a few bytes must not make us compute gigabytes of constants.
constexpr std::size_t kFoldBudget = std::size_t{1} << 29;

bool IsDefaultDomain(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

// Names come from the file: they must not break a message into lines, nor fill a log.
std::string OneLine(std::string message) {
  constexpr std::size_t kLongest = 2000;
  if (message.size() > kLongest) message = message.substr(0, kLongest) + "...";
  std::ranges::replace_if(
      message, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return message;
}

// Calls `read` and puts `file_name` in front of what goes wrong.
template <typename Read>
auto NamingTheFile(std::string_view file_name, const Read& read) {
  try {
    return read();
  } catch (const Error& error) {
    throw Error(error.fault(), error.code(), OneLine(Text(file_name, ": ", error.what())));
  } catch (const std::bad_alloc&) {
    throw Error(Fault::kModel, ErrorCode::kOutOfMemory,
                OneLine(Text(file_name, ": not enough memory to read it")));
  }
}

std::int64_t OpsetOf(const schema::ModelProto& model) {
  for (const auto& opset : model.opset_import()) {
    if (!IsDefaultDomain(opset.domain())) continue;
    if (opset.version() >= 1) return opset.version();
    ThrowMalformed(Text("opset ", opset.version(), ": expected 1 or more"));
  }
  if (model.ir_version() < 3) return 1;
  ThrowMalformed("no opset of ONNX's own domain: expected one in opset_import");
}

// One line with every operator that is not supported, and how often it occurs.
void RequireSupported(const schema::GraphProto& graph, std::int64_t opset) {
  struct Occurrence {
    int count = 0;
    std::string first_node;
  };
  std::map<std::string, Occurrence> unsupported;
  for (const auto& node : graph.node()) {
    const bool default_domain = IsDefaultDomain(node.domain());
    if (default_domain && (MappingOf(node.op_type()) || IsFolded(node.op_type()))) continue;
    Occurrence& occurrence =
        unsupported[default_domain ? node.op_type() : node.domain() + ":" + node.op_type()];
    if (occurrence.count++ == 0) occurrence.first_node = NodeLabel(node);
  }
  if (unsupported.empty()) return;
  std::string list;
  for (const auto& [name, occurrence] : unsupported) {
    list += Text(list.empty() ? "" : ", ", name, " x", occurrence.count, " (node '",
                 occurrence.first_node, "')");
  }
  ThrowUnsupported(Text("operators of opset ", opset, " that are not supported: ", list));
}

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
        values_(DefinedNames(graph_)) {}

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
    InputReader reader(options_);
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
    reader.RequireComplete();
  }

  void AddNode(const schema::NodeProto& proto) {
    std::optional<MappedNode> mapped;
    std::size_t outputs = 0;
    try {
      if (Fold(proto)) return;
      const Mapping mapping = MappingOf(proto.op_type());
      if (!mapping) {
        ThrowUnsupported(
            "an input is known only at run time, or the result is too large to be computed now");
      }
      ImportNode node(proto, opset_, values_);
      mapped = mapping(node);
      if (!mapped) return;
      const std::vector<TensorDesc> descs = DescsOf(mapped->inputs);
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
    const std::vector<ProbedShape> probed = ProbeOutputs(*mapped, outputs);
    const std::vector<ValueId> ids =
        values_.builder().AddNode(UniqueNodeName(NodeLabel(proto)), std::move(mapped->attrs),
                                  std::move(mapped->inputs), names);
    for (std::size_t i = 0; i < outputs; ++i) values_.DefineValue(names[i], ids[i], probed[i]);
  }

  std::vector<TensorDesc> DescsOf(std::span<const ValueId> ids) {
    std::vector<TensorDesc> descs;
    for (const ValueId id : ids) descs.push_back(values_.builder().desc(id));
    return descs;
  }

  // The outputs' shapes at the other batch size; nothing where the node has the batch baked in.
  std::vector<ProbedShape> ProbeOutputs(const MappedNode& node, std::size_t outputs) {
    std::vector<TensorDesc> descs = DescsOf(node.inputs);
    std::vector<ProbedShape> probed(outputs);
    for (std::size_t i = 0; i < descs.size(); ++i) {
      const ProbedShape shape = values_.ProbedShapeOf(node.inputs[i]);
      if (!shape) return probed;
      descs[i].shape = *shape;
    }
    try {
      const std::vector<TensorDesc> results = OpOf(node.attrs).infer(node.attrs, descs);
      for (std::size_t i = 0; i < outputs; ++i) probed[i] = results[i].shape;
    } catch (const Error&) {
    }
    return probed;
  }

  // Whether the node was computed now, at this batch size and at the other one.
  bool Fold(const schema::NodeProto& proto) {
    if (!IsFolded(proto.op_type()) || proto.input_size() == 0) return false;
    if (ReadsShapeAlone(proto.op_type())) {
      const FoldArguments arguments{proto, opset_, {}, fold_budget_};
      const ProbedShape probed = values_.ProbedShapeOf(proto.input(0));
      DefineFolded(proto.output(0), FoldShape(arguments, values_.ShapeOf(proto.input(0))),
                   probed ? std::optional(FoldShape(arguments, *probed)) : std::nullopt);
      return true;
    }
    std::vector<ConstantTensor> inputs, probed_inputs;
    bool differs = false;
    for (const std::string& name : proto.input()) {
      inputs.push_back(name.empty() ? nullptr : values_.ConstantOf(name));
      if (!name.empty() && !inputs.back()) return false;
      probed_inputs.push_back(name.empty() ? nullptr : values_.ProbedConstantOf(name));
      differs = differs || probed_inputs.back();
      if (!probed_inputs.back()) probed_inputs.back() = inputs.back();
    }
    const auto outputs = FoldNode({proto, opset_, inputs, fold_budget_});
    if (!outputs) return false;
    std::optional<std::vector<ConstantTensor>> probed;
    try {
      if (differs) probed = FoldNode({proto, opset_, probed_inputs, fold_budget_});
    } catch (const Error&) {  // the batch is baked in
    }
    for (std::size_t i = 0; i < outputs->size(); ++i) {
      const int at = static_cast<int>(i);
      if (at >= proto.output_size() || proto.output(at).empty()) continue;
      DefineFolded(proto.output(at), (*outputs)[i], probed ? (*probed)[i] : nullptr);
    }
    return true;
  }

  void DefineFolded(const std::string& name, Tensor tensor, std::optional<Tensor> probed) {
    DefineFolded(name, std::make_shared<const Tensor>(std::move(tensor)),
                 probed ? std::make_shared<const Tensor>(std::move(*probed)) : nullptr);
  }
  void DefineFolded(const std::string& name, ConstantTensor tensor, ConstantTensor probed) {
    const bool same = probed && probed->desc() == tensor->desc() &&
                      std::ranges::equal(probed->bytes(), tensor->bytes());
    fold_budget_ -= std::min(fold_budget_, tensor->bytes().size());
    values_.DefineConstant(name, std::move(tensor), same ? nullptr : std::move(probed));
  }

  // Node names only serve messages: a second one of a name is told apart, not refused.
  std::string UniqueNodeName(const std::string& label) {
    std::string name = label;
    for (int i = 2; !node_names_.insert(name).second; ++i) name = Text(label, "_", i);
    return name;
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
      if (values_.ConstantOf(output.name())) {
        ThrowUnsupported(Text("output '", output.name(),
                              "' is constant: expected one that depends on an input"));
      }
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
  std::unordered_set<std::string> node_names_;
  std::size_t fold_budget_ = kFoldBudget;  // bytes that constants computed now may still take
};

Graph Import(std::span<const std::byte> bytes, const OnnxReadOptions& options,
             const ExternalData* external) {
  schema::ModelProto model;
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      !model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    ThrowMalformed(Text("no ONNX model, or a truncated one: the bytes (", bytes.size(),
                        ") do not follow its structure"));
  }
  if (!model.has_graph() || !model.has_ir_version()) {
    ThrowMalformed(Text("no ONNX model, or a truncated one: ", bytes.size(), " bytes without ",
                        model.has_graph() ? "an IR version" : "a graph"));
  }
  const std::int64_t opset = OpsetOf(model);
  RequireSupported(model.graph(), opset);
  return Importer(model, opset, options, external).Run();
}

}  // namespace
}  // namespace onnx

Graph ParseOnnx(std::span<const std::byte> bytes, std::string_view name_for_messages,
                const OnnxReadOptions& options) {
  return onnx::NamingTheFile(name_for_messages,
                             [&] { return onnx::Import(bytes, options, nullptr); });
}

Graph LoadOnnx(const std::filesystem::path& path, const OnnxReadOptions& options) {
  const std::string bytes = onnx::ReadWholeFile(path);
  const onnx::ExternalData external{path.has_parent_path() ? path.parent_path() : "."};
  return onnx::NamingTheFile(path.string(), [&] {
    return onnx::Import(std::as_bytes(std::span(bytes)), options, &external);
  });
}

Tensor LoadTensorProto(const std::filesystem::path& path) {
  const std::string bytes = onnx::ReadWholeFile(path);
  return onnx::NamingTheFile(path.string(), [&] {
    onnx::schema::TensorProto proto;
    if (!proto.ParseFromString(bytes) || !proto.has_data_type()) {
      onnx::ThrowMalformed(Text("no ONNX tensor, or a truncated one (", bytes.size(), " bytes)"));
    }
    return onnx::ReadTensor(proto);
  });
}

}  // namespace vigil
