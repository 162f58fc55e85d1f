#include "engine/onnx/export_node.h"

#include <algorithm>
#include <span>
#include <vector>

#include "engine/base/text.h"
#include "engine/onnx/export_attributes.h"
#include "engine/onnx/tensor_proto.h"

namespace vigil::onnx {
namespace {

// Writes what an operator's attributes say into `node`, whose inputs stand already.
class AttributeWriter {
 public:
  AttributeWriter(NodeWriter& names, schema::GraphProto& graph, schema::NodeProto& node)
      : names_(names), graph_(graph), node_(node) {}

  void operator()(const ConvAttrs& attrs) {
    VIGIL_CHECK(attrs.epilogue == Epilogue{});
    SetInts(node_, "kernel_shape", attrs.kernel);
    SetInts(node_, "strides", attrs.strides);
    SetInts(node_, "pads", attrs.pads);
    SetInts(node_, "dilations", attrs.dilations);
    SetInt(node_, "group", attrs.groups);
  }
  void operator()(const GemmAttrs& attrs) {
    VIGIL_CHECK(attrs.epilogue == Epilogue{});
    SetFloat(node_, "alpha", attrs.alpha);
    SetFloat(node_, "beta", attrs.beta);
    SetInt(node_, "transA", attrs.trans_a);
    SetInt(node_, "transB", attrs.trans_b);
  }
  void operator()(const BatchNormAttrs& attrs) {
    SetFloat(node_, "epsilon", attrs.epsilon);
    SetFloat(node_, "momentum", attrs.momentum);
  }
  void operator()(const UnaryAttrs& attrs) {
    switch (attrs.kind) {
      case UnaryKind::kClip:
        AddScalarInput("min", attrs.alpha);
        AddScalarInput("max", attrs.beta);
        return;
      case UnaryKind::kDropout:
        return AddScalarInput("ratio", attrs.alpha);
      case UnaryKind::kLeakyRelu:
      case UnaryKind::kElu:
      case UnaryKind::kCelu:
      case UnaryKind::kThresholdedRelu:
        return SetFloat(node_, "alpha", attrs.alpha);
      case UnaryKind::kShrink:
        SetFloat(node_, "lambd", attrs.alpha);
        return SetFloat(node_, "bias", attrs.beta);
      case UnaryKind::kMish:
        return ThrowTooNew("Mish", 18);
      case UnaryKind::kSelu:
        SetFloat(node_, "alpha", attrs.alpha);
        return SetFloat(node_, "gamma", attrs.beta);
      case UnaryKind::kHardSigmoid:
        SetFloat(node_, "alpha", attrs.alpha);
        return SetFloat(node_, "beta", attrs.beta);
      case UnaryKind::kGelu:
      case UnaryKind::kGeluTanh:
        return ThrowTooNew("Gelu", 20);
      default:
        return;
    }
  }
  void operator()(const BinaryAttrs& attrs) {
    VIGIL_CHECK(attrs.epilogue == Epilogue{});
    if (attrs.kind == BinaryKind::kRemainder) SetInt(node_, "fmod", 1);
  }
  void operator()(const ConcatAttrs& attrs) { SetInt(node_, "axis", attrs.axis); }
  void operator()(const PoolAttrs& attrs) {
    SetInts(node_, "kernel_shape", attrs.kernel);
    SetInts(node_, "strides", attrs.strides);
    SetInts(node_, "pads", attrs.pads);
    SetInt(node_, "ceil_mode", attrs.ceil_mode);
    if (attrs.kind == PoolKind::kMax) {
      SetInts(node_, "dilations", attrs.dilations);
      return;
    }
    SetInt(node_, "count_include_pad", attrs.count_include_pad);
    if (attrs.dilations != std::array<std::int64_t, 2>{1, 1}) {
      ThrowTooNew("a dilated AveragePool", 19);
    }
  }
  void operator()(const ConvTransposeAttrs& attrs) {
    VIGIL_CHECK(attrs.epilogue == Epilogue{});
    SetInts(node_, "kernel_shape", attrs.kernel);
    SetInts(node_, "strides", attrs.strides);
    SetInts(node_, "pads", attrs.pads);
    SetInts(node_, "dilations", attrs.dilations);
    SetInts(node_, "output_padding", attrs.output_pads);
    SetInt(node_, "group", attrs.groups);
  }
  void operator()(const MatMulAttrs&) {}
  void operator()(const ReduceAttrs& attrs) {
    // Since opset 13 ReduceSum takes its axes as an input, the others since 18.
    if (attrs.kind == ReduceKind::kSum) {
      AddIntsInput("axes", attrs.axes);
    } else {
      SetInts(node_, "axes", attrs.axes);
    }
    SetInt(node_, "keepdims", attrs.keep_dims);
  }
  void operator()(const InstanceNormAttrs& attrs) { SetFloat(node_, "epsilon", attrs.epsilon); }
  void operator()(const LrnAttrs& attrs) {
    SetInt(node_, "size", attrs.size);
    SetFloat(node_, "alpha", attrs.alpha);
    SetFloat(node_, "beta", attrs.beta);
    SetFloat(node_, "bias", attrs.bias);
  }
  void operator()(const ArgMaxAttrs& attrs) {
    SetInt(node_, "axis", attrs.axis);
    SetInt(node_, "keepdims", attrs.keep_dims);
    SetInt(node_, "select_last_index", attrs.select_last);
  }
  void operator()(const GlobalPoolAttrs&) {}
  void operator()(const SoftmaxAttrs& attrs) { SetInt(node_, "axis", attrs.axis); }
  void operator()(const FlattenAttrs& attrs) { SetInt(node_, "axis", attrs.axis); }
  void operator()(const ReshapeAttrs& attrs) { AddIntsInput("shape", attrs.shape); }
  void operator()(const TransposeAttrs& attrs) { SetInts(node_, "perm", attrs.perm); }
  void operator()(const PadAttrs& attrs) {
    AddIntsInput("pads", attrs.pads);
    if (attrs.mode == PadMode::kConstant) {
      AddScalarInput("value", attrs.value);
      return;
    }
    if (attrs.mode == PadMode::kWrap) ThrowTooNew("a wrapping Pad", 19);
    SetString(node_, "mode", attrs.mode == PadMode::kReflect ? "reflect" : "edge");
  }
  void operator()(const SqueezeAttrs& attrs) { AddIntsInput("axes", attrs.axes); }
  void operator()(const UnsqueezeAttrs& attrs) { AddIntsInput("axes", attrs.axes); }
  void operator()(const SliceAttrs& attrs) {
    AddIntsInput("starts", attrs.starts);
    AddIntsInput("ends", attrs.ends);
    AddIntsInput("axes", attrs.axes);
    AddIntsInput("steps", attrs.steps);
  }
  void operator()(const SplitAttrs& attrs) {
    SetInt(node_, "axis", attrs.axis);
    AddIntsInput("split", attrs.sizes);
  }
  void operator()(const ExpandAttrs& attrs) { AddIntsInput("shape", attrs.shape); }
  void operator()(const TileAttrs& attrs) { AddIntsInput("repeats", attrs.repeats); }
  void operator()(const GatherAttrs& attrs) { SetInt(node_, "axis", attrs.axis); }
  void operator()(const DepthToSpaceAttrs& attrs) {
    SetInt(node_, "blocksize", attrs.block);
    SetString(node_, "mode", attrs.column_row_depth ? "CRD" : "DCR");
  }
  void operator()(const SpaceToDepthAttrs& attrs) { SetInt(node_, "blocksize", attrs.block); }
  void operator()(const CastAttrs& attrs) { SetInt(node_, "to", OnnxTypeOf(attrs.to)); }
  void operator()(const WhereAttrs&) {}
  void operator()(const ResizeAttrs& attrs) {
    if (attrs.antialias) ThrowTooNew("Resize with antialias", 18);
    if (!attrs.scales.empty() && !attrs.sizes.empty()) {
      ThrowTooNew("Resize that keeps proportions", 18);
    }
    SetResizeAttributes(node_, attrs);
    if (attrs.roi.empty()) {
      node_.add_input("");
    } else {
      AddFloatsInput("roi", attrs.roi);
    }
    if (!attrs.scales.empty()) AddFloatsInput("scales", attrs.scales);
  }
  void operator()(const HalfRoundAttrs&) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text("node '", node_.name(), "': HalfRound is no operator of ONNX"));
  }
  // Written by WriteQuantized.
  void operator()(const QuantizeAttrs&) {}
  void operator()(const DequantizeAttrs&) {}
  void operator()(const QConvAttrs&) {}
  void operator()(const QGemmAttrs&) {}

 private:
  [[noreturn]] void ThrowTooNew(std::string_view what, int opset) const {
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text("node '", node_.name(), "': ", what, " needs opset ", opset, ", opset ",
                     kWrittenOpset, " is written"));
  }
  void AddConstantInput(const char* role, const Tensor& tensor) {
    const std::string name = names_.UniqueName(Text(node_.name(), ".", role));
    WriteTensor(tensor, name, *graph_.add_initializer());
    node_.add_input(name);
  }
  void AddScalarInput(const char* role, float value) {
    AddConstantInput(role, Tensor(Shape{}, std::span(&value, 1)));
  }
  void AddFloatsInput(const char* role, std::span<const float> values) {
    AddConstantInput(role, Tensor(Shape{static_cast<std::int64_t>(values.size())}, values));
  }
  void AddIntsInput(const char* role, std::span<const std::int64_t> values) {
    Tensor tensor({DType::kInt64, Shape{static_cast<std::int64_t>(values.size())}});
    std::copy(values.begin(), values.end(), tensor.as<std::int64_t>().begin());
    AddConstantInput(role, tensor);
  }

  NodeWriter& names_;
  schema::GraphProto& graph_;
  schema::NodeProto& node_;
};

}  // namespace

NodeWriter::NodeWriter(const Graph& graph, schema::GraphProto& proto)
    : graph_(graph), proto_(proto) {
  for (const Value& value : graph.values()) names_.insert(value.name);
}

std::string NodeWriter::UniqueName(const std::string& base) {
  std::string name = base;
  for (int i = 2; !names_.insert(name).second; ++i) name = Text(base, "_", i);
  return name;
}

void NodeWriter::Write(const Node& node) {
  if (const auto* softmax = std::get_if<SoftmaxAttrs>(&node.attrs)) {
    if (softmax->flatten_from_axis) return WriteFlatSoftmax(node);
  }
  if (WriteQuantized(node)) return;
  const auto* resize = std::get_if<ResizeAttrs>(&node.attrs);
  const std::string sizes = resize && resize->scales.empty() ? WriteSizes(node) : std::string();
  schema::NodeProto& proto = *proto_.add_node();
  proto.set_name(node.name);
  proto.set_op_type(OpName(node.attrs));
  for (const ValueId id : node.inputs) proto.add_input(graph_.value(id).name);
  for (const ValueId id : node.outputs) proto.add_output(graph_.value(id).name);
  std::visit(AttributeWriter(*this, proto_, proto), node.attrs);
  if (sizes.empty()) return;
  proto.add_input("");  // scales
  proto.add_input(sizes);
}

// The sizes that a Resize reads: those of the attributes, and where they keep the input's (so that
// the file serves every batch size) its shape times a mask of ones.
std::string NodeWriter::WriteSizes(const Node& node) {
  const auto& sizes = std::get<ResizeAttrs>(node.attrs).sizes;
  const auto constant = [&](const char* role, std::span<const std::int64_t> values) {
    std::string name = UniqueName(Text(node.name, ".", role));
    Tensor tensor({DType::kInt64, Shape{static_cast<std::int64_t>(values.size())}});
    std::ranges::copy(values, tensor.as<std::int64_t>().begin());
    WriteTensor(tensor, name, *proto_.add_initializer());
    return name;
  };
  std::string given = constant("sizes", sizes);
  if (!std::ranges::count(sizes, 0)) return given;
  std::vector<std::int64_t> mask;
  for (const std::int64_t size : sizes) mask.push_back(size == 0);
  const std::string kept = constant("kept", mask);
  const auto write = [&](const char* op_type, const char* role, const std::string& a,
                         const std::string& b) {
    schema::NodeProto& proto = *proto_.add_node();
    std::string name = UniqueName(Text(node.name, ".", role));
    proto.set_name(name);
    proto.set_op_type(op_type);
    proto.add_input(a);
    if (!b.empty()) proto.add_input(b);
    proto.add_output(name);
    return name;
  };
  const std::string shape = write("Shape", "shape", graph_.value(node.inputs.front()).name, "");
  return write("Add", "all_sizes", write("Mul", "kept_sizes", shape, kept), given);
}

// Since opset 13 Softmax runs along one dimension: the ones from the axis on become one before, and
// come back after.
void NodeWriter::WriteFlatSoftmax(const Node& node) {
  const Value& input = graph_.value(node.inputs.front());
  const auto write = [&](const std::string& name, const OpAttrs& attrs, const std::string& from,
                         const std::string& to) {
    schema::NodeProto& proto = *proto_.add_node();
    proto.set_name(name);
    proto.set_op_type(OpName(attrs));
    proto.add_input(from);
    proto.add_output(to);
    std::visit(AttributeWriter(*this, proto_, proto), attrs);
  };
  const std::string flat = UniqueName(node.name + ".flat");
  const std::string softmax = UniqueName(node.name + ".softmax");
  std::vector<std::int64_t> shape(input.desc.shape.dims().begin(), input.desc.shape.dims().end());
  shape.front() = -1;
  const auto& attrs = std::get<SoftmaxAttrs>(node.attrs);
  write(flat, FlattenAttrs{attrs.axis}, input.name, flat);
  write(softmax, SoftmaxAttrs{.axis = 1, .log = attrs.log}, flat, softmax);
  write(node.name, ReshapeAttrs{shape}, softmax, graph_.value(node.outputs.front()).name);
}

}  // namespace vigil::onnx
