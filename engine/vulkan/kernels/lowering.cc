#include "engine/vulkan/kernels/lowering.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/base/half.h"
#include "engine/base/text.h"
#include "engine/vulkan/kernels/kernel.h"

namespace vigil::vulkan {
namespace {

// Nodes that some output depends on; the others serve taps alone.
std::vector<bool> NodesOfOutputs(const Graph& graph) {
  std::vector<bool> wanted(graph.values().size());
  for (const ValueId id : graph.outputs()) wanted[static_cast<std::size_t>(id)] = true;
  std::vector<bool> nodes(graph.nodes().size());
  for (std::size_t i = nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes()[i];
    for (const ValueId id : node.outputs) {
      if (wanted[static_cast<std::size_t>(id)]) nodes[i] = true;
    }
    if (!nodes[i]) continue;
    for (const ValueId id : node.inputs) wanted[static_cast<std::size_t>(id)] = true;
  }
  return nodes;
}

// A cast names its shader itself.
bool StoresHalf(const Graph& graph, const Node& node) {
  return !std::holds_alternative<CastAttrs>(node.attrs) &&
         std::ranges::any_of(node.outputs, [&](ValueId id) {
           return graph.value(id).desc.dtype == DType::kFloat16;
         });
}

}  // namespace

Lowering::Lowering(const Graph& graph, const DevicePlan& plan)
    : graph_(graph), plan_(plan), roots_(graph.values().size()), uploaded_(graph.values().size()) {
  std::iota(roots_.begin(), roots_.end(), 0);
}

void Lowering::BeginNode(int index, bool tap_only) {
  node_ = index;
  tap_only_ = tap_only;
  half_ = index >= 0 && StoresHalf(graph_, graph_.nodes()[static_cast<std::size_t>(index)]);
}

BufferRef Lowering::Operand(ValueId value) {
  if (!IsConstant(value)) {
    const ValueId root = Root(value);
    return {BufferRef::Kind::kValue, root, 0, StorageBytes(graph_.value(root).desc)};
  }
  BufferRef& uploaded = uploaded_[static_cast<std::size_t>(value)];
  if (uploaded.bytes == 0) uploaded = AppendConstants(graph_.value(value).constant->bytes());
  return uploaded;
}

BufferRef Lowering::Constants(std::span<const float> values) {
  return AppendConstants(std::as_bytes(values));
}

BufferRef Lowering::Words(std::span<const std::uint32_t> words) {
  return AppendConstants(std::as_bytes(words));
}

BufferRef Lowering::Weights(std::span<const float> values) {
  if (!half_) return Constants(values);
  std::vector<std::uint16_t> halves(values.size());
  std::ranges::transform(values, halves.begin(), FloatToHalf);
  return AppendConstants(std::as_bytes(std::span(halves)));
}

BufferRef Lowering::AppendConstants(std::span<const std::byte> bytes) {
  const std::size_t offset =
      CeilDiv(constants_.size(), plan_.offset_alignment) * plan_.offset_alignment;
  constants_.resize(offset);
  constants_.insert(constants_.end(), bytes.begin(), bytes.end());
  return {BufferRef::Kind::kConstants, -1, offset, bytes.size()};
}

BufferRef Lowering::Scratch(std::size_t bytes) {
  scratch_.push_back({node_, bytes});
  return {BufferRef::Kind::kScratch, static_cast<int>(scratch_.size() - 1), 0, bytes};
}

std::span<const float> Lowering::ConstantOf(ValueId value) const {
  const Tensor& constant = *graph_.value(value).constant;
  if (constant.desc().dtype == DType::kFloat32) return constant.as<float>();
  std::vector<float>& wide = widened_[value];
  if (wide.empty()) {
    const auto halves = constant.as<std::uint16_t>();
    wide.resize(halves.size());
    std::ranges::transform(halves, wide.begin(), HalfToFloat);
  }
  return wide;
}

void Lowering::Alias(ValueId output, ValueId input) {
  VIGIL_CHECK(!IsConstant(input));
  roots_[static_cast<std::size_t>(output)] = Root(input);
}

Dispatch& Lowering::Append(Dispatch dispatch, std::string_view shader,
                           std::vector<BufferRef> buffers, std::uint64_t groups,
                           Activation::Kind activation, const std::vector<std::uint32_t>& modes) {
  dispatch.buffers = std::move(buffers);
  dispatch.node = node_;
  dispatch.tap_only = tap_only_;
  dispatch.specialization = {kLocalSize, 1, 1, static_cast<std::uint32_t>(activation)};
  dispatch.specialization.insert(dispatch.specialization.end(), modes.begin(), modes.end());
  constexpr std::string_view kFloatSuffix = "_f32";
  const bool twin = half_ && shader.ends_with(kFloatSuffix);
  const ShaderInterface& interface =
      twin ? InterfaceOf(Text(shader.substr(0, shader.size() - kFloatSuffix.size()), "_f16"))
           : InterfaceOf(shader);
  dispatch.shader = interface.name;
  VIGIL_CHECK(dispatch.buffers.size() == interface.buffers.size());
  VIGIL_CHECK(dispatch.push_bytes == interface.push_bytes);
  VIGIL_CHECK(dispatch.specialization.size() ==
              static_cast<std::size_t>(interface.specialization_constants));
  if (groups == 0) return dropped_ = std::move(dispatch);
  dispatch.groups = FoldGroups(groups);
  return dispatches_.emplace_back(std::move(dispatch));
}

Lowering LowerGraph(const Graph& graph, const DevicePlan& plan) {
  Lowering lowering(graph, plan);
  const std::vector<bool> for_outputs = NodesOfOutputs(graph);
  std::string refusals;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    lowering.BeginNode(static_cast<int>(i), !for_outputs[i]);
    const std::string reason = LowerNode(node, lowering);
    if (reason.empty()) continue;
    refusals += Text(refusals.empty() ? "" : "; ", "node '", node.name, "' (", OpName(node.attrs),
                     "): ", reason);
  }
  if (!refusals.empty()) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported, "vulkan cannot run " + refusals);
  }
  return lowering;
}

}  // namespace vigil::vulkan
