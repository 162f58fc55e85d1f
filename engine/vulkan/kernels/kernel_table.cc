#include <algorithm>

#include "engine/base/text.h"
#include "engine/ops/resize_plan.h"
#include "engine/vulkan/kernels/kernel.h"

namespace vigil::vulkan {
namespace {

std::string Nothing(const Node&, const Lowering&) { return {}; }

std::string NotConstant(const Node& node, const Lowering& lowering, std::size_t first,
                        std::size_t count) {
  for (std::size_t i = first; i < first + count; ++i) {
    if (!lowering.IsConstant(node.inputs[i])) {
      return Text("input ", i, " '", lowering.graph().value(node.inputs[i]).name,
                  "' is not a constant");
    }
  }
  return {};
}

std::string RefusesConv(const Node& node, const Lowering& lowering) {
  return NotConstant(node, lowering, 1, std::get<ConvAttrs>(node.attrs).has_bias ? 2 : 1);
}

std::string RefusesConvDepthwise(const Node& node, const Lowering& lowering) {
  const std::int64_t group_channels = lowering.shape(node.inputs[1])[1];
  if (group_channels != 1) return Text(group_channels, " input channels a group, not 1");
  return RefusesConv(node, lowering);
}

std::string RefusesConvTranspose(const Node& node, const Lowering& lowering) {
  return NotConstant(node, lowering, 1, std::get<ConvTransposeAttrs>(node.attrs).has_bias ? 2 : 1);
}

std::string RefusesGemm(const Node& node, const Lowering& lowering) {
  return std::get<GemmAttrs>(node.attrs).has_bias ? NotConstant(node, lowering, 1, 2)
                                                  : std::string();
}

std::string RefusesGemmAsMatMul(const Node& node, const Lowering&) {
  return std::get<GemmAttrs>(node.attrs).epilogue.residual ? "adds a residual" : std::string();
}

std::string RefusesBatchNorm(const Node& node, const Lowering& lowering) {
  return NotConstant(node, lowering, 1, 4);
}

std::string RefusesUnary(const Node& node, const Lowering&) {
  const bool on_cpu = std::get<UnaryAttrs>(node.attrs).kind >= UnaryKind::kSin;
  return on_cpu ? "the function is computed on the CPU alone" : std::string();
}

std::string RefusesBinary(const Node& node, const Lowering&) {
  const bool on_cpu = std::get<BinaryAttrs>(node.attrs).kind >= BinaryKind::kMod;
  return on_cpu ? "the function is computed on the CPU alone" : std::string();
}

std::string RefusesGather(const Node& node, const Lowering& lowering) {
  return NotConstant(node, lowering, 1, 1);
}

std::string RefusesResize(const Node& node, const Lowering& lowering) {
  const auto axes = PlanResize(std::get<ResizeAttrs>(node.attrs), lowering.shape(node.inputs[0]),
                               lowering.shape(node.outputs[0]));
  const auto changed = std::ranges::count_if(axes, [](const auto& axis) { return axis.count; });
  return changed > 2 ? Text(changed, " dimensions are resized, not at most 2") : std::string();
}

// Bytes that a node only renames: where their words stay the same.
bool RenamesBytes(const Node& node, const Lowering& lowering) {
  const auto* unary = std::get_if<UnaryAttrs>(&node.attrs);
  const bool renames =
      std::holds_alternative<FlattenAttrs>(node.attrs) ||
      std::holds_alternative<ReshapeAttrs>(node.attrs) ||
      (unary && (unary->kind == UnaryKind::kIdentity || unary->kind == UnaryKind::kDropout));
  return renames && !lowering.IsConstant(node.inputs[0]) &&
         PackedShape(lowering.shape(node.inputs[0])) ==
             PackedShape(lowering.shape(node.outputs[0]));
}

// The operators whose kernels look at types themselves.
bool TakesIntegers(const Node& node, const Lowering& lowering) {
  return std::holds_alternative<QuantizeAttrs>(node.attrs) ||
         std::holds_alternative<DequantizeAttrs>(node.attrs) ||
         std::holds_alternative<QConvAttrs>(node.attrs) ||
         std::holds_alternative<QGemmAttrs>(node.attrs) || RenamesBytes(node, lowering);
}

// Gather's indices are numbers that its kernel packs.
std::string RefusesTypes(const Node& node, const Lowering& lowering) {
  if (TakesIntegers(node, lowering)) return {};
  const bool gathers = std::holds_alternative<GatherAttrs>(node.attrs);
  for (const auto& ids : {node.inputs, node.outputs}) {
    for (const ValueId id : ids) {
      const Value& value = lowering.graph().value(id);
      if (value.desc.dtype == DType::kFloat32 || value.desc.dtype == DType::kFloat16) continue;
      if (gathers && id == node.inputs[1] && value.constant) continue;
      return Text("'", value.name, "' is ", DTypeName(value.desc.dtype),
                  ", not float32 or float16");
    }
  }
  return {};
}

constexpr Kernel kKernels[] = {
    {"depthwise_quads_lanes", "Conv", RefusesDepthwiseQuadsLanes, LowerDepthwiseQuadsLanes},
    {"depthwise_lanes", "Conv", RefusesDepthwiseLanes, LowerDepthwiseLanes},
    {"conv_depthwise", "Conv", RefusesConvDepthwise, LowerConvDepthwise},
    {"pointwise_lanes", "Conv", RefusesPointwiseLanes, LowerPointwiseLanes},
    {"winograd_lanes", "Conv", RefusesWinogradLanes, LowerWinogradLanes},
    {"conv_lanes", "Conv", RefusesConvLanes, LowerConvLanes},
    {"conv", "Conv", RefusesConv, LowerConv},
    {"conv_transpose", "ConvTranspose", RefusesConvTranspose, LowerConvTranspose},
    {"gemm_lanes", "Gemm", RefusesGemmLanes, LowerGemmLanes},
    {"gemm", "Gemm", RefusesGemm, LowerGemm},
    {"matmul", "Gemm", RefusesGemmAsMatMul, LowerGemmAsMatMul},
    {"matmul", "MatMul", Nothing, LowerMatMul},
    {"batch_norm", "BatchNormalization", RefusesBatchNorm, LowerBatchNorm},
    {"unary", "Unary", RefusesUnary, LowerUnary},
    {"binary", "Binary", RefusesBinary, LowerBinary},
    {"copies", "Concat", Nothing, LowerCopies},
    {"reduce", "Reduce", Nothing, LowerReduce},
    {"instance_norm", "InstanceNormalization", Nothing, LowerInstanceNorm},
    {"lrn", "LRN", Nothing, LowerLrn},
    {"max_pool_quads_lanes", "Pool", RefusesMaximumQuadsLanes, LowerMaximumQuadsLanes},
    {"max_pool_lanes", "Pool", RefusesMaximumLanes, LowerMaximumLanes},
    {"pool", "Pool", Nothing, LowerPool},
    {"global_pool_lanes", "GlobalPool", RefusesGlobalPoolLanes, LowerGlobalPoolLanes},
    {"global_pool", "GlobalPool", Nothing, LowerGlobalPool},
    {"softmax", "Softmax", Nothing, LowerSoftmax},
    {"alias", "Flatten", Nothing, LowerAlias},
    {"alias", "Reshape", Nothing, LowerAlias},
    {"copies", "Transpose", Nothing, LowerCopies},
    {"pad", "Pad", Nothing, LowerPad},
    {"alias", "Squeeze", Nothing, LowerAlias},
    {"alias", "Unsqueeze", Nothing, LowerAlias},
    {"copies", "Slice", Nothing, LowerCopies},
    {"copies", "Split", Nothing, LowerCopies},
    {"copies", "Expand", Nothing, LowerCopies},
    {"copies", "DepthToSpace", Nothing, LowerCopies},
    {"copies", "SpaceToDepth", Nothing, LowerCopies},
    {"tile", "Tile", Nothing, LowerTile},
    {"gather", "Gather", RefusesGather, LowerGather},
    {"resize", "Resize", RefusesResize, LowerResize},
    {"cast", "Cast", Nothing, LowerCast},
    {"quantize", "QuantizeLinear", RefusesQuantize, LowerQuantize},
    {"dequantize", "DequantizeLinear", RefusesDequantize, LowerDequantize},
    {"qconv", "QLinearConv", RefusesQConv, LowerQConv},
    {"qconv_grouped", "QLinearConv", RefusesQConvGrouped, LowerQConvGrouped},
    {"qgemm", "QLinearMatMul", RefusesQGemm, LowerQGemm},
};

}  // namespace

std::span<const Kernel> KernelTable() { return kKernels; }

std::string LowerNode(const Node& node, Lowering& lowering) {
  std::string reasons = RefusesTypes(node, lowering);
  if (!reasons.empty()) return reasons;
  const std::string_view op = OpOf(node.attrs).name;
  for (const Kernel& kernel : kKernels) {
    if (kernel.op != op) continue;
    const std::string reason = kernel.refuses(node, lowering);
    if (reason.empty()) {
      kernel.lower(node, lowering);
      return {};
    }
    reasons += Text(reasons.empty() ? "" : ", ", kernel.name, ": ", reason);
  }
  return reasons.empty() ? "no kernel" : reasons;
}

}  // namespace vigil::vulkan
