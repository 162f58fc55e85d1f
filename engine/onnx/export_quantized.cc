// Quantised operators, whose scales and zero points are inputs in ONNX and attributes here.
#include <algorithm>
#include <type_traits>

#include "engine/base/text.h"
#include "engine/onnx/export_node.h"
#include "engine/onnx/tensor_proto.h"

namespace vigil::onnx {
namespace {

Tensor FloatRow(const std::vector<float>& values) {
  const auto size = static_cast<std::int64_t>(values.size());
  return Tensor(size == 1 ? Shape{} : Shape{size}, values);
}

template <typename T>
void Fill(std::span<const std::int32_t> values, std::span<T> to) {
  std::ranges::transform(values, to.begin(), [](std::int32_t v) { return static_cast<T>(v); });
}

Tensor ZeroPoints(const std::vector<std::int32_t>& values, DType type) {
  const auto size = static_cast<std::int64_t>(values.size());
  Tensor tensor({type, size == 1 ? Shape{} : Shape{size}});
  if (type == DType::kInt8) {
    Fill(values, tensor.as<std::int8_t>());
  } else if (type == DType::kUInt8) {
    Fill(values, tensor.as<std::uint8_t>());
  } else {
    Fill(values, tensor.as<std::int32_t>());
  }
  return tensor;
}

void AddInts(schema::NodeProto& node, const char* name, std::span<const std::int64_t> values) {
  schema::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(kAttributeInts);
  attribute.mutable_ints()->Add(values.begin(), values.end());
}

void AddInt(schema::NodeProto& node, const char* name, std::int64_t value) {
  schema::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(kAttributeInt);
  attribute.set_i(value);
}

}  // namespace

// Writes the inputs of one node in ONNX's order.
class QuantizedWriter {
 public:
  QuantizedWriter(NodeWriter& names, const Graph& graph, schema::GraphProto& proto,
                  const Node& node)
      : names_(names), graph_(graph), proto_(proto), node_(node), out_(*proto.add_node()) {
    out_.set_name(node.name);
    out_.set_op_type(OpName(node.attrs));
    for (const ValueId id : node.outputs) out_.add_output(graph.value(id).name);
  }

  void Write(const QuantizeAttrs& attrs) { WriteScaling(attrs.scale, attrs.type); }
  void Write(const DequantizeAttrs& attrs) { WriteScaling(attrs.scale, TypeOf(0)); }
  void Write(const QConvAttrs& attrs) {
    WriteProduct(attrs.product);
    AddInts(out_, "kernel_shape", attrs.kernel);
    AddInts(out_, "strides", attrs.strides);
    AddInts(out_, "pads", attrs.pads);
    AddInts(out_, "dilations", attrs.dilations);
    AddInt(out_, "group", attrs.groups);
  }
  void Write(const QGemmAttrs& attrs) {
    if (attrs.trans_b || attrs.product.has_bias) {
      throw Error(Fault::kModel, ErrorCode::kUnsupported,
                  Text("node '", node_.name, "' is fused: expected the graph as built"));
    }
    WriteProduct(attrs.product);
  }

 private:
  DType TypeOf(std::size_t input) const { return graph_.value(node_.inputs[input]).desc.dtype; }
  void AddInput(std::size_t input) { out_.add_input(graph_.value(node_.inputs[input]).name); }
  void AddConstant(const char* role, const Tensor& tensor) {
    const std::string name = names_.UniqueName(Text(node_.name, ".", role));
    WriteTensor(tensor, name, *proto_.add_initializer());
    out_.add_input(name);
  }

  void WriteScaling(const QuantizeScale& scale, DType type) {
    AddInput(0);
    AddConstant("scale", FloatRow(scale.scales));
    AddConstant("zero_point", ZeroPoints(scale.zero_points, type));
    AddInt(out_, "axis", scale.axis);
  }

  void WriteProduct(const QuantizedProduct& product) {
    VIGIL_CHECK(product.activation == Activation{});
    // ONNX wants a zero point for each scale.
    std::vector<std::int32_t> zero_points = product.weight_zero_points;
    const bool integer = product.type == DType::kInt32;
    if (!integer && zero_points.size() == 1) {
      zero_points.resize(product.weight_scales.size(), zero_points.front());
    }
    const Tensor x_zero = ZeroPoints({product.x_zero_point}, TypeOf(0));
    const Tensor w_zero = ZeroPoints(zero_points, TypeOf(1));
    AddInput(0);
    if (integer) {
      AddInput(1);
      AddConstant("x_zero_point", x_zero);
      AddConstant("w_zero_point", w_zero);
      VIGIL_CHECK(!product.has_bias);
      return;
    }
    AddConstant("x_scale", FloatRow({product.x_scale}));
    AddConstant("x_zero_point", x_zero);
    AddInput(1);
    AddConstant("w_scale", FloatRow(product.weight_scales));
    AddConstant("w_zero_point", w_zero);
    AddConstant("y_scale", FloatRow({product.y_scale}));
    AddConstant("y_zero_point", ZeroPoints({product.y_zero_point}, product.type));
    if (product.has_bias) AddInput(2);
  }

  NodeWriter& names_;
  const Graph& graph_;
  schema::GraphProto& proto_;
  const Node& node_;
  schema::NodeProto& out_;
};

bool NodeWriter::WriteQuantized(const Node& node) {
  return std::visit(
      [&]<typename Attrs>(const Attrs& attrs) {
        constexpr bool kQuantized =
            std::is_same_v<Attrs, QuantizeAttrs> || std::is_same_v<Attrs, DequantizeAttrs> ||
            std::is_same_v<Attrs, QConvAttrs> || std::is_same_v<Attrs, QGemmAttrs>;
        if constexpr (kQuantized) QuantizedWriter(*this, graph_, proto_, node).Write(attrs);
        return kQuantized;
      },
      node.attrs);
}

}  // namespace vigil::onnx
