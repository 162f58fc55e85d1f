// From a Graph to a ModelProto's bytes.
#include <array>
#include <optional>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/onnx/export_node.h"
#include "engine/onnx/onnx.h"
#include "engine/onnx/tensor_proto.h"

namespace vigil {
namespace onnx {
namespace {

constexpr std::int64_t kSmallestHalfTensor = 64;  // elements; fewer save nothing worth a Cast

// The same network at another batch size, which tells the dimensions that follow the batch from
// those that do not; nothing where the batch is baked in.
std::optional<Graph> AtAnotherBatch(const Graph& graph) {
  try {
    return graph.WithBatch(graph.batch() + 1);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void WriteValueInfo(const Graph& graph, const std::optional<Graph>& other, ValueId id,
                    schema::ValueInfoProto& info) {
  const Value& value = graph.value(id);
  info.set_name(value.name);
  auto& type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(OnnxTypeOf(value.desc.dtype));
  auto& shape = *type.mutable_shape();
  for (int i = 0; i < value.desc.shape.rank(); ++i) {
    auto& dim = *shape.add_dim();
    const std::int64_t size = value.desc.shape[i];
    if (!other || other->value(id).desc.shape[i] == size) {
      dim.set_dim_value(size);
    } else if (size == graph.batch()) {
      dim.set_dim_param("batch");
    }
  }
}

// Whether `id` is worth storing as float16: large, and only weights of Conv, ConvTranspose or Gemm.
std::vector<bool> HalfConstants(const Graph& graph) {
  std::vector<bool> is_weight(graph.values().size(), false), other_use = is_weight;
  for (const Node& node : graph.nodes()) {
    const bool has_weights = std::holds_alternative<ConvAttrs>(node.attrs) ||
                             std::holds_alternative<ConvTransposeAttrs>(node.attrs) ||
                             std::holds_alternative<GemmAttrs>(node.attrs);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      (has_weights && i == 1 ? is_weight : other_use)[static_cast<std::size_t>(node.inputs[i])] =
          true;
    }
  }
  for (std::size_t i = 0; i < is_weight.size(); ++i) {
    const Value& value = graph.values()[i];
    is_weight[i] = is_weight[i] && !other_use[i] && value.constant &&
                   value.desc.dtype == DType::kFloat32 &&
                   value.desc.shape.elements() >= kSmallestHalfTensor;
  }
  return is_weight;
}

void WriteConstants(const Graph& graph, bool half_weights, NodeWriter& writer,
                    schema::GraphProto& proto) {
  const std::vector<bool> half = HalfConstants(graph);
  for (std::size_t i = 0; i < graph.values().size(); ++i) {
    const Value& value = graph.values()[i];
    if (!value.constant) continue;
    schema::TensorProto tensor;
    const std::string half_name = value.name + ".half";
    if (half_weights && half[i] && WriteTensorAsHalf(*value.constant, half_name, tensor)) {
      tensor.set_name(writer.UniqueName(half_name));
      // Any reader of ONNX gets floats: the operators want one type for all their inputs.
      schema::NodeProto& cast = *proto.add_node();
      cast.set_name(writer.UniqueName(value.name + ".cast"));
      cast.set_op_type("Cast");
      cast.add_input(tensor.name());
      cast.add_output(value.name);
      schema::AttributeProto& to = *cast.add_attribute();
      to.set_name("to");
      to.set_type(kAttributeInt);
      to.set_i(kOnnxFloat);
    } else {
      WriteTensor(*value.constant, value.name, tensor);
    }
    *proto.add_initializer() = std::move(tensor);
  }
}

// The graph goes last, in a part of its own (parts of a message may simply follow one another), so
// that a file that lost its end never looks whole.
std::string BytesOf(const Graph& graph, const OnnxWriteOptions& options) {
  schema::ModelProto head, body;
  head.set_ir_version(kWrittenIrVersion);
  head.set_producer_name("vigil");
  schema::OperatorSetIdProto& opset = *head.add_opset_import();
  opset.set_domain("");
  opset.set_version(kWrittenOpset);
  for (const auto& [key, text] : graph.metadata()) {
    schema::StringStringEntryProto& entry = *head.add_metadata_props();
    entry.set_key(key);
    entry.set_value(text);
  }
  schema::GraphProto& proto = *body.mutable_graph();
  proto.set_name("vigil");
  NodeWriter writer(graph, proto);
  WriteConstants(graph, options.half_weights, writer, proto);
  for (const Node& node : graph.nodes()) writer.Write(node);
  const std::optional<Graph> other = AtAnotherBatch(graph);
  for (const ValueId id : graph.inputs()) WriteValueInfo(graph, other, id, *proto.add_input());
  for (const ValueId id : graph.outputs()) WriteValueInfo(graph, other, id, *proto.add_output());
  std::string bytes;
  if (!head.AppendToString(&bytes) || !body.AppendToString(&bytes)) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                "model is larger than the 2 GiB that an ONNX file can hold");
  }
  return bytes;
}

}  // namespace
}  // namespace onnx

void SaveOnnx(const Graph& graph, const std::filesystem::path& path,
              const OnnxWriteOptions& options) {
  std::string bytes;
  try {
    bytes = onnx::BytesOf(graph, options);
  } catch (const Error& error) {
    throw Error(error.fault(), error.code(), Text(path.string(), ": ", error.what()));
  }
  if (const std::error_code failure = ReplaceFile(path, bytes)) {
    throw Error(Fault::kInput, ErrorCode::kIo,
                Text(path.string(), ": cannot write: ", failure.message()));
  }
}

}  // namespace vigil
