// From a ModelProto to a Graph. The order of the checks is the order in which a user can mend
// things: the file, its operators, its names, then node after node.
#include <algorithm>
#include <limits>
#include <map>
#include <new>

#include "engine/base/text.h"
#include "engine/onnx/file.h"
#include "engine/onnx/import_operators.h"
#include "engine/onnx/node_order.h"
#include "engine/onnx/onnx.h"
#include "engine/onnx/tensor_proto.h"

namespace vigil {
namespace onnx {
namespace {

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
    if (default_domain && MappingOf(node.op_type())) continue;
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

Shape InputShapeOf(const schema::ValueInfoProto& input) {
  const auto& type = input.type().tensor_type();
  if (!type.has_shape()) {
    ThrowUnsupported(Text("input '", input.name(), "' declares no shape: expected one"));
  }
  std::vector<std::int64_t> dims;
  for (const auto& dim : type.shape().dim()) {
    const bool is_batch = dims.empty() && !dim.has_dim_value();
    if (!dim.has_dim_value() && !is_batch) {
      ThrowUnsupported(Text("input '", input.name(), "': dimension ", dims.size(),
                            " is symbolic ('", dim.dim_param(), "'): expected a number"));
    }
    if (!is_batch && dim.dim_value() < 1) {
      ThrowMalformed(Text("input '", input.name(), "': dimension ", dims.size(), " is ",
                          dim.dim_value(), ": expected 1 or more"));
    }
    dims.push_back(is_batch ? 1 : dim.dim_value());
  }
  try {
    return Shape(std::span<const std::int64_t>(dims));
  } catch (const Error& error) {
    throw Error(error.fault(), error.code(), Text("input '", input.name(), "': ", error.what()));
  }
}

class Importer {
 public:
  Importer(const schema::ModelProto& model, std::int64_t opset, const OnnxReadOptions& options)
      : model_(model),
        options_(options),
        graph_(model.graph()),
        opset_(opset),
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
      values_.DefineConstant(tensor.name(), std::make_shared<const Tensor>(ReadTensor(tensor)));
      constants.insert(tensor.name());
    }
    std::size_t place = 0;  // among the inputs proper
    for (const auto& input : graph_.input()) {
      if (constants.contains(input.name())) continue;
      if (place < options_.constant_inputs.size() && options_.constant_inputs[place]) {
        values_.DefineConstant(input.name(), options_.constant_inputs[place++]);
        continue;
      }
      ++place;
      const std::int32_t type = input.type().tensor_type().elem_type();
      if (type != kOnnxFloat) {
        ThrowUnsupported(Text("input '", input.name(), "' has elements of ", DataTypeName(type),
                              ": expected a tensor of float"));
      }
      const TensorDesc desc{DType::kFloat32, InputShapeOf(input)};
      values_.DefineValue(input.name(), values_.builder().Input(input.name(), desc));
    }
  }

  void AddNode(const schema::NodeProto& proto) {
    ImportNode node(proto, opset_, values_);
    std::optional<MappedNode> mapped;
    try {
      mapped = MappingOf(proto.op_type())(node);
    } catch (const Error& error) {
      throw Error(error.fault(), error.code(),
                  Text("node '", NodeLabel(proto), "' (", proto.op_type(), ", opset ", opset_,
                       "): ", error.what()));
    }
    if (!mapped) return;
    const std::vector<ValueId> outputs =
        values_.builder().AddNode(UniqueNodeName(NodeLabel(proto)), std::move(mapped->attrs),
                                  std::move(mapped->inputs), {proto.output(0)});
    values_.DefineValue(proto.output(0), outputs.front());
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
  const OnnxReadOptions& options_;
  const schema::GraphProto& graph_;
  std::int64_t opset_;
  std::vector<int> order_;
  ValueTable values_;
  std::unordered_set<std::string> node_names_;
};

Graph Import(std::span<const std::byte> bytes, const OnnxReadOptions& options) {
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
  return Importer(model, opset, options).Run();
}

}  // namespace
}  // namespace onnx

Graph ParseOnnx(std::span<const std::byte> bytes, std::string_view name_for_messages,
                const OnnxReadOptions& options) {
  return onnx::NamingTheFile(name_for_messages, [&] { return onnx::Import(bytes, options); });
}

Graph LoadOnnx(const std::filesystem::path& path, const OnnxReadOptions& options) {
  const std::string bytes = onnx::ReadWholeFile(path);
  return ParseOnnx(std::as_bytes(std::span(bytes)), path.string(), options);
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
