#include "engine/base/text.h"
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

constexpr Kernel kKernels[] = {
    {"conv_depthwise", "Conv", RefusesConvDepthwise, LowerConvDepthwise},
    {"conv", "Conv", RefusesConv, LowerConv},
    {"conv_transpose", "ConvTranspose", RefusesConvTranspose, LowerConvTranspose},
    {"gemm", "Gemm", RefusesGemm, LowerGemm},
    {"matmul", "Gemm", RefusesGemmAsMatMul, LowerGemmAsMatMul},
    {"matmul", "MatMul", Nothing, LowerMatMul},
    {"batch_norm", "BatchNormalization", RefusesBatchNorm, LowerBatchNorm},
    {"unary", "Unary", Nothing, LowerUnary},
    {"binary", "Binary", Nothing, LowerBinary},
    {"concat", "Concat", Nothing, LowerConcat},
    {"reduce", "Reduce", Nothing, LowerReduce},
    {"instance_norm", "InstanceNormalization", Nothing, LowerInstanceNorm},
    {"lrn", "LRN", Nothing, LowerLrn},
    {"pool", "Pool", Nothing, LowerPool},
    {"global_pool", "GlobalPool", Nothing, LowerGlobalPool},
    {"softmax", "Softmax", Nothing, LowerSoftmax},
    {"alias", "Flatten", Nothing, LowerAlias},
    {"alias", "Reshape", Nothing, LowerAlias},
    {"transpose", "Transpose", Nothing, LowerTranspose},
    {"pad", "Pad", Nothing, LowerPad},
};

}  // namespace

std::span<const Kernel> KernelTable() { return kKernels; }

std::string LowerNode(const Node& node, Lowering& lowering) {
  for (const auto& ids : {node.inputs, node.outputs}) {
    for (const ValueId id : ids) {
      const Value& value = lowering.graph().value(id);
      if (value.desc.dtype != DType::kFloat32) {
        return Text("'", value.name, "' is ", DTypeName(value.desc.dtype), ", not float32");
      }
    }
  }
  std::string reasons;
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
