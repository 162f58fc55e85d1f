// The ordered table of kernels: how each operator becomes dispatches.
#ifndef VIGIL_ENGINE_VULKAN_KERNELS_KERNEL_H_
#define VIGIL_ENGINE_VULKAN_KERNELS_KERNEL_H_

#include <span>
#include <string>
#include <string_view>

#include "engine/vulkan/kernels/lowering.h"

namespace vigil::vulkan {

// One way to run a kind of node. `refuses` returns why this kernel cannot take the node, empty
// where it can; `lower` then adds the dispatches. Both are pure but for the Lowering.
struct Kernel {
  std::string_view name;
  std::string_view op;  // OpDef::name
  std::string (*refuses)(const Node&, const Lowering&);
  void (*lower)(const Node&, Lowering&);
};

// Best first within an operator: the first that does not refuse is taken.
std::span<const Kernel> KernelTable();

// Lowers one node; returns the reasons of all kernels of its operator where none takes it, else
// nothing.
std::string LowerNode(const Node& node, Lowering& lowering);

// The families (one file each).
void LowerConv(const Node&, Lowering&);
void LowerConvDepthwise(const Node&, Lowering&);
void LowerConvLanes(const Node&, Lowering&);
void LowerDepthwiseLanes(const Node&, Lowering&);
void LowerDepthwiseQuadsLanes(const Node&, Lowering&);
void LowerMaximumLanes(const Node&, Lowering&);
void LowerMaximumQuadsLanes(const Node&, Lowering&);
void LowerGlobalPoolLanes(const Node&, Lowering&);
void LowerPointwiseLanes(const Node&, Lowering&);
void LowerWinogradLanes(const Node&, Lowering&);
void LowerGemmLanes(const Node&, Lowering&);
void LowerConvTranspose(const Node&, Lowering&);
void LowerGemm(const Node&, Lowering&);
void LowerGemmAsMatMul(const Node&, Lowering&);
void LowerMatMul(const Node&, Lowering&);
void LowerUnary(const Node&, Lowering&);
void LowerBinary(const Node&, Lowering&);
void LowerBatchNorm(const Node&, Lowering&);
void LowerCopies(const Node&, Lowering&);
void LowerPad(const Node&, Lowering&);
void LowerTile(const Node&, Lowering&);
void LowerGather(const Node&, Lowering&);
void LowerResize(const Node&, Lowering&);
void LowerReduce(const Node&, Lowering&);
void LowerInstanceNorm(const Node&, Lowering&);
void LowerLrn(const Node&, Lowering&);
void LowerPool(const Node&, Lowering&);
void LowerGlobalPool(const Node&, Lowering&);
void LowerSoftmax(const Node&, Lowering&);
void LowerAlias(const Node&, Lowering&);
void LowerCast(const Node&, Lowering&);
void LowerQuantize(const Node&, Lowering&);
void LowerDequantize(const Node&, Lowering&);
void LowerQConv(const Node&, Lowering&);
void LowerQConvGrouped(const Node&, Lowering&);
void LowerQGemm(const Node&, Lowering&);
std::string RefusesConvLanes(const Node&, const Lowering&);
std::string RefusesDepthwiseLanes(const Node&, const Lowering&);
std::string RefusesDepthwiseQuadsLanes(const Node&, const Lowering&);
std::string RefusesMaximumLanes(const Node&, const Lowering&);
std::string RefusesMaximumQuadsLanes(const Node&, const Lowering&);
std::string RefusesGlobalPoolLanes(const Node&, const Lowering&);
std::string RefusesPointwiseLanes(const Node&, const Lowering&);
std::string RefusesWinogradLanes(const Node&, const Lowering&);
std::string RefusesGemmLanes(const Node&, const Lowering&);
std::string RefusesQuantize(const Node&, const Lowering&);
std::string RefusesDequantize(const Node&, const Lowering&);
std::string RefusesQConv(const Node&, const Lowering&);
std::string RefusesQConvGrouped(const Node&, const Lowering&);
std::string RefusesQGemm(const Node&, const Lowering&);

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_KERNELS_KERNEL_H_
