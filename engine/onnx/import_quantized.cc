// Quantised operators. Scales and zero points are constants and become attributes.
#include <numeric>

#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"
#include "engine/onnx/tensor_proto.h"
#include "engine/ops/quantize_rule.h"

namespace vigil::onnx {
namespace {

std::shared_ptr<const Tensor> RequireConstant(const ImportNode& node, int input,
                                              std::string_view role) {
  std::shared_ptr<const Tensor> constant = node.Constant(input);
  if (!constant) {
    ThrowUnsupported(Text(role, " ('", node.InputName(input),
                          "') is known only at run time: expected a constant"));
  }
  return constant;
}

// Rank 0 or 1.
std::vector<float> ReadScales(const ImportNode& node, int input, std::string_view role) {
  const auto constant = RequireConstant(node, input, role);
  if (constant->desc().dtype != DType::kFloat32 || constant->shape().rank() > 1 ||
      constant->shape().elements() < 1) {
    ThrowUnsupported(Text(role, " ('", node.InputName(input), "') is ", constant->shape(), " of ",
                          DTypeName(constant->desc().dtype),
                          ": expected one float, or a row of them; blocks are not supported"));
  }
  const auto values = constant->as<float>();
  return {values.begin(), values.end()};
}

float ReadScale(const ImportNode& node, int input, std::string_view role) {
  const std::vector<float> scales = ReadScales(node, input, role);
  if (scales.size() == 1) return scales.front();
  ThrowUnsupported(Text(role, " holds ", scales.size(), " numbers: expected 1"));
}

// Zeros where the input is left out. As many as the scales, each of which has one.
std::vector<std::int32_t> ReadZeroPoints(const ImportNode& node, int input, std::string_view role,
                                         std::size_t count) {
  if (!node.HasInput(input)) return std::vector<std::int32_t>(count, 0);
  const auto constant = RequireConstant(node, input, role);
  const DType dtype = constant->desc().dtype;
  if (dtype != DType::kInt8 && dtype != DType::kUInt8 && dtype != DType::kInt32) {
    ThrowUnsupported(Text(role, " ('", node.InputName(input), "') is ", DTypeName(dtype),
                          ": expected int8, uint8 or int32"));
  }
  return ToInt32(constant->view());
}

std::int32_t ReadZeroPoint(const ImportNode& node, int input, std::string_view role) {
  const std::vector<std::int32_t> zero_points = ReadZeroPoints(node, input, role, 1);
  if (zero_points.size() == 1) return zero_points.front();
  ThrowUnsupported(Text(role, " holds ", zero_points.size(), " numbers: expected 1"));
}

// Of QuantizeLinear and DequantizeLinear.
QuantizeScale ReadQuantizeScale(ImportNode& node) {
  node.RequireInputs(2, 3);
  const Attributes attributes = node.attributes();
  if (const std::int64_t block = attributes.Int("block_size", 0); block != 0) {
    ThrowUnsupported(Text("block_size is ", block, ": expected scales a tensor or an axis"));
  }
  QuantizeScale scale;
  scale.scales = ReadScales(node, 1, "scale");
  scale.zero_points = ReadZeroPoints(node, 2, "zero point", scale.scales.size());
  if (node.opset() < 13 && scale.scales.size() != 1) {
    ThrowUnsupported(
        Text("scale holds ", scale.scales.size(), " numbers: expected 1 before opset ", "13"));
  }
  // Of a single scale the axis says nothing, and may lie outside a vector's rank.
  scale.axis = 0;
  if (scale.scales.size() != 1) {
    scale.axis = ResolveAxis(attributes.Int("axis", 1), node.InputRank(0));
  }
  return scale;
}

// Lines (rank 3) are for float convolutions alone.
ConvAttrs ReadImageConv(ImportNode& node, int weights) {
  if (node.InputRank(0) != 4 || node.InputRank(weights) != 4) {
    ThrowUnsupported(Text("input '", node.InputName(0), "' is ", node.InputShape(0),
                          " and weights are ", node.InputShape(weights),
                          ": expected rank 4; only two-dimensional ones are supported"));
  }
  return ReadConv(node, weights);
}

DType TypeOf(const ImportNode& node, int input) {
  return node.HasInput(input) ? node.Constant(input)->desc().dtype : DType::kUInt8;
}

// y's part of a product that ends in eight bits. Without a zero point it is uint8.
void ReadOutput(const ImportNode& node, int scale, QuantizedProduct& product) {
  product.y_scale = ReadScale(node, scale, "y scale");
  product.y_zero_point = ReadZeroPoint(node, scale + 1, "y zero point");
  product.type = TypeOf(node, scale + 1);
}

}  // namespace

std::optional<MappedNode> MapQuantizeLinear(ImportNode& node) {
  QuantizeAttrs attrs{ReadQuantizeScale(node), DType::kUInt8};
  const auto asked = static_cast<std::int32_t>(node.attributes().Int("output_dtype", 0));
  if (node.HasInput(2)) {
    attrs.type = TypeOf(node, 2);
  } else if (asked == kOnnxInt8) {
    attrs.type = DType::kInt8;
  } else if (asked != 0 && asked != kOnnxUInt8) {
    ThrowUnsupported(Text("output_dtype is ", DataTypeName(asked), ": expected int8 or uint8"));
  }
  return MappedNode{attrs, {node.Input(0)}};
}

std::optional<MappedNode> MapDequantizeLinear(ImportNode& node) {
  return MappedNode{DequantizeAttrs{ReadQuantizeScale(node)}, {node.Input(0)}};
}

// As the specification's function has it: 8 bits from the range of this very input, zero included.
std::optional<MappedNode> MapDynamicQuantizeLinear(ImportNode& node) {
  node.RequireInputs(1, 1);
  const auto number = [&](const char* role, float value) {
    return node.AddConstant(node.InputName(0) + role, Tensor(Shape{}, std::span(&value, 1)));
  };
  const auto combine = [&](BinaryKind kind, ValueId a, ValueId b) {
    return node.AddNode(BinaryAttrs{kind}, {a, b});
  };
  const auto apply = [&](const UnaryAttrs& attrs, ValueId x) { return node.AddNode(attrs, {x}); };
  const UnaryAttrs round{UnaryKind::kRound}, bounded{UnaryKind::kClip, 0.0f, 255.0f};
  std::vector<std::int64_t> axes(static_cast<std::size_t>(node.InputRank(0)));
  std::iota(axes.begin(), axes.end(), 0);
  const auto extreme = [&](ReduceKind kind) {
    return node.AddNode(ReduceAttrs{kind, axes, false}, {node.Input(0)});
  };
  const ValueId zero = number(".zero", 0.0f), steps = number(".steps", 255.0f);
  const ValueId high = combine(BinaryKind::kMax, extreme(ReduceKind::kMax), zero);
  const ValueId low = combine(BinaryKind::kMin, extreme(ReduceKind::kMin), zero);
  const ValueId scale = combine(BinaryKind::kDiv, combine(BinaryKind::kSub, high, low), steps);
  const ValueId distance = combine(BinaryKind::kDiv, combine(BinaryKind::kSub, zero, low), scale);
  const ValueId zero_point = apply(bounded, apply(round, distance));
  node.AddOutput(1, UnaryAttrs{UnaryKind::kIdentity}, {scale});
  node.AddOutput(2, CastAttrs{DType::kUInt8}, {zero_point});
  const ValueId quotient = apply(round, combine(BinaryKind::kDiv, node.Input(0), scale));
  const ValueId shifted = combine(BinaryKind::kAdd, quotient, zero_point);
  return MappedNode{CastAttrs{DType::kUInt8}, {apply(bounded, shifted)}};
}

std::optional<MappedNode> MapQLinearConv(ImportNode& node) {
  node.RequireInputs(8, 9);
  const ConvAttrs window = ReadImageConv(node, 3);
  QConvAttrs attrs{window.kernel, window.strides, window.pads, window.dilations, window.groups, {}};
  QuantizedProduct& product = attrs.product;
  product.x_scale = ReadScale(node, 1, "x scale");
  product.x_zero_point = ReadZeroPoint(node, 2, "x zero point");
  product.weight_scales = ReadScales(node, 4, "weight scale");
  product.weight_zero_points =
      ReadZeroPoints(node, 5, "weight zero point", product.weight_scales.size());
  ReadOutput(node, 6, product);
  product.has_bias = node.HasInput(8);
  std::vector<ValueId> inputs{node.Input(0), node.Input(3)};
  if (product.has_bias) inputs.push_back(node.Input(8));
  return MappedNode{attrs, std::move(inputs)};
}

std::optional<MappedNode> MapConvInteger(ImportNode& node) {
  node.RequireInputs(2, 4);
  const ConvAttrs window = ReadImageConv(node, 1);
  QConvAttrs attrs{window.kernel, window.strides, window.pads, window.dilations, window.groups, {}};
  attrs.product.x_zero_point = ReadZeroPoint(node, 2, "x zero point");
  attrs.product.weight_zero_points = ReadZeroPoints(node, 3, "weight zero point", 1);
  return MappedNode{attrs, {node.Input(0), node.Input(1)}};
}

std::optional<MappedNode> MapQLinearMatMul(ImportNode& node) {
  node.RequireInputs(8, 8);
  QGemmAttrs attrs;
  QuantizedProduct& product = attrs.product;
  product.x_scale = ReadScale(node, 1, "a scale");
  product.x_zero_point = ReadZeroPoint(node, 2, "a zero point");
  product.weight_scales = ReadScales(node, 4, "b scale");
  product.weight_zero_points =
      ReadZeroPoints(node, 5, "b zero point", product.weight_scales.size());
  ReadOutput(node, 6, product);
  return MappedNode{attrs, {node.Input(0), node.Input(3)}};
}

std::optional<MappedNode> MapMatMulInteger(ImportNode& node) {
  node.RequireInputs(2, 4);
  QGemmAttrs attrs;
  attrs.product.x_zero_point = ReadZeroPoint(node, 2, "a zero point");
  attrs.product.weight_zero_points = ReadZeroPoints(node, 3, "b zero point", 1);
  return MappedNode{attrs, {node.Input(0), node.Input(1)}};
}

}  // namespace vigil::onnx
