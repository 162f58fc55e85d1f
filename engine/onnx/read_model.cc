// Files and bytes as models. The order of the checks is the order in which a user can mend
// things: the file, its operators, its names, then node after node.
#include <algorithm>
#include <limits>
#include <map>
#include <new>

#include "engine/base/text.h"
#include "engine/onnx/file.h"
#include "engine/onnx/fold.h"
#include "engine/onnx/import_operators.h"
#include "engine/onnx/importer.h"
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
  if (model.opset_import_size() > 0) {
    ThrowUnsupported(Text("its operators are of '", model.opset_import(0).domain(),
                          "': expected an opset of ONNX's own domain"));
  }
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

schema::ModelProto ParseModel(std::span<const std::byte> bytes) {
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
  return model;
}

Graph Import(std::span<const std::byte> bytes, const OnnxReadOptions& options,
             const ExternalData* external) {
  const schema::ModelProto model = ParseModel(bytes);
  const std::int64_t opset = OpsetOf(model);
  RequireSupported(model.graph(), opset);
  return ImportGraph(model, opset, options, external);
}

// What the type is where it is no tensor; null where it is one, or nothing at all.
const char* OtherTypeOf(const schema::TypeProto& type) {
  if (type.has_sequence_type()) return "a sequence";
  if (type.has_map_type()) return "a map";
  if (type.has_sparse_tensor_type()) return "a sparse tensor";
  return type.has_optional_type() ? "optional" : nullptr;
}

void RequireTensors(const schema::GraphProto& graph) {
  for (const auto* values : {&graph.input(), &graph.output()}) {
    for (const auto& value : *values) {
      const char* const other = OtherTypeOf(value.type());
      if (!other) continue;
      ThrowUnsupported(Text("'", value.name(), "' is ", other, ": only tensors are supported"));
    }
  }
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

void RequireOnnxTensors(const std::filesystem::path& path) {
  const std::string bytes = onnx::ReadWholeFile(path);
  onnx::NamingTheFile(path.string(), [&] {
    onnx::RequireTensors(onnx::ParseModel(std::as_bytes(std::span(bytes))).graph());
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
