// A graph as dispatches: what the kernels write into, and what the executable reads.
#ifndef VIGIL_ENGINE_VULKAN_KERNELS_LOWERING_H_
#define VIGIL_ENGINE_VULKAN_KERNELS_LOWERING_H_

#include <concepts>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/graph/graph.h"
#include "engine/ops/epilogue.h"
#include "engine/vulkan/kernels/dispatch.h"
#include "engine/vulkan/plan.h"

namespace vigil::vulkan {

// How a tensor of bytes lies on the device: [samples][channels in fours][plane] words. A vector has
// one channel.
struct PackedShape {
  std::int64_t samples = 1, channels = 1, plane = 1;

  explicit PackedShape(const Shape& shape) {
    if (shape.rank() > 0) samples = shape[0];
    if (shape.rank() > 1) channels = shape[1];
    if (shape.rank() > 2) plane = shape.ElementsFrom(2);
  }
  std::int64_t words() const { return (channels + 3) / 4; }  // along the channels
  std::int64_t bytes() const { return samples * words() * plane * 4; }
  friend bool operator==(const PackedShape&, const PackedShape&) = default;
};

// Bytes of a value in the arena.
inline std::size_t StorageBytes(const TensorDesc& desc) {
  const bool bytes = desc.dtype == DType::kInt8 || desc.dtype == DType::kUInt8;
  return bytes ? static_cast<std::size_t>(PackedShape(desc.shape).bytes()) : desc.bytes();
}

// Collects the dispatches and constants of one graph, node after node. Not thread-safe. The graph
// outlives it.
class Lowering {
 public:
  Lowering(const Graph& graph, const DevicePlan& plan);

  // The dispatches that follow belong to this node.
  void BeginNode(int index, bool tap_only);

  const Graph& graph() const { return graph_; }
  const DevicePlan& plan() const { return plan_; }
  bool stores_half() const { return half_; }  // the node stores float16
  const Shape& shape(ValueId value) const { return graph_.value(value).desc.shape; }

  // Where a node finds this operand: its place in the arena, or in the constants (uploaded once).
  BufferRef Operand(ValueId value);
  // Puts packed constants into the constants buffer: as float32, whatever the node stores, or as
  // float16 where it stores that (WEIGHT in shaders/common/storage.glsl).
  BufferRef Constants(std::span<const float> values);
  BufferRef Weights(std::span<const float> values);
  // The same of whole numbers, or of bytes that are no numbers at all.
  BufferRef Words(std::span<const std::uint32_t> words);
  // Memory for the node's dispatches alone, which lies in the arena while the node runs.
  BufferRef Scratch(std::size_t bytes);
  // Values of a constant, widened where it is float16. REQUIRES: `value` is a float constant.
  std::span<const float> ConstantOf(ValueId value) const;
  bool IsConstant(ValueId value) const { return graph_.value(value).constant != nullptr; }

  // Adds a dispatch with a flat grid of `groups` workgroups (none where 0) and the activation as
  // specialization constant 3; `modes` are constants 4 and on. A shader NAME_f32 stands for
  // NAME_f16 in a node that stores float16.
  template <typename Params>
  Dispatch& Add(std::string_view shader, const Params& params, std::vector<BufferRef> buffers,
                std::uint64_t groups, Activation::Kind activation = Activation::Kind::kNone,
                const std::vector<std::uint32_t>& modes = {}) {
    Dispatch dispatch;
    dispatch.SetPush(params);
    return Append(std::move(dispatch), shader, std::move(buffers), groups, activation, modes);
  }

  // `output` is the same memory as `input`: no dispatch. REQUIRES: input is not constant.
  void Alias(ValueId output, ValueId input);
  // The value whose memory this one shares, itself where none.
  ValueId Root(ValueId value) const { return roots_[static_cast<std::size_t>(value)]; }

  const std::vector<Dispatch>& dispatches() const { return dispatches_; }
  std::span<const std::byte> constants() const { return constants_; }

  struct ScratchPart {
    int node = -1;
    std::size_t bytes = 0;
  };
  const std::vector<ScratchPart>& scratch() const { return scratch_; }

 private:
  BufferRef AppendConstants(std::span<const std::byte> bytes);
  Dispatch& Append(Dispatch dispatch, std::string_view shader, std::vector<BufferRef> buffers,
                   std::uint64_t groups, Activation::Kind activation,
                   const std::vector<std::uint32_t>& modes);

  const Graph& graph_;
  DevicePlan plan_;
  int node_ = -1;
  bool half_ = false;  // the node stores float16
  bool tap_only_ = false;
  std::vector<ValueId> roots_;
  std::vector<BufferRef> uploaded_;  // by value; bytes 0: not yet
  std::vector<Dispatch> dispatches_;
  std::vector<std::byte> constants_;
  std::vector<ScratchPart> scratch_;
  mutable std::map<ValueId, std::vector<float>> widened_;  // float16 constants that a kernel packs
  Dispatch dropped_;                                       // what Add returns for an empty grid
};

// All nodes of the graph by the kernel table. Nodes that no output depends on are tap_only.
// Throws Error (Model, kUnsupported) that names every node that no kernel takes.
Lowering LowerGraph(const Graph& graph, const DevicePlan& plan);

inline std::uint64_t CeilDiv(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }
template <std::integral T>
std::uint32_t U32(T number) {
  return static_cast<std::uint32_t>(number);
}
inline std::uint64_t U64(std::int64_t number) { return static_cast<std::uint64_t>(number); }

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_KERNELS_LOWERING_H_
