#include "engine/vulkan/network.h"

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/graph/memory_plan.h"
#include "engine/vulkan/kernels/encode.h"

namespace vigil::vulkan {
namespace {

std::size_t RoundUp(std::size_t bytes, std::size_t alignment) {
  return (bytes + alignment - 1) / alignment * alignment;
}

// Values that share memory live as long as all of them together, scratch memory as long as its node
// runs.
void PlaceValues(const Graph& graph, const DevicePlan& plan, Network& network) {
  std::vector<Lifetime> lifetimes = LifetimesOf(graph);
  for (std::size_t i = 0; i < lifetimes.size(); ++i) {
    if (lifetimes[i].bytes != 0) lifetimes[i].bytes = StorageBytes(graph.values()[i].desc);
    const auto root = static_cast<std::size_t>(network.lowering.Root(static_cast<ValueId>(i)));
    if (root == i) continue;
    lifetimes[root].first = std::min(lifetimes[root].first, lifetimes[i].first);
    lifetimes[root].last = std::max(lifetimes[root].last, lifetimes[i].last);
    lifetimes[i].bytes = 0;
  }
  for (const Lowering::ScratchPart& part : network.lowering.scratch()) {
    lifetimes.push_back({part.bytes, part.node, part.node});
  }
  const MemoryPlan memory = PlanMemory(lifetimes, plan.offset_alignment);
  const auto scratch = memory.offsets.begin() + static_cast<std::ptrdiff_t>(graph.values().size());
  network.value_offsets.assign(memory.offsets.begin(), scratch);
  network.scratch_offsets.assign(scratch, memory.offsets.end());
  network.arena_bytes = std::max(memory.arena_bytes, std::size_t{plan.offset_alignment});
}

Port MakePort(const Network& network, ValueId value, Encoding encoding, std::size_t& host_bytes,
              std::size_t alignment) {
  const Value& described = network.lowering.graph().value(value);
  const Shape& shape = described.desc.shape;
  Port port;
  port.value = value;
  port.encoding = encoding;
  port.bytes = encoding == Encoding::kFloat32
                   ? described.desc.bytes()
                   : static_cast<std::size_t>(shape.rank() ? shape[0] : 1) *
                         EncodedSampleBytes(shape, encoding);
  port.arena_offset = network.value_offsets[static_cast<std::size_t>(network.lowering.Root(value))];
  port.host_offset = host_bytes;
  host_bytes = RoundUp(host_bytes + port.bytes, alignment);
  if (described.constant) {
    port.constant.resize(port.bytes);
    const ConstTensorView view = std::as_const(*described.constant).view();
    if (encoding == Encoding::kFloat32) {
      std::memcpy(port.constant.data(), view.data, port.bytes);
    } else {
      Encode(view, encoding, port.constant);
    }
  }
  return port;
}

void CheckPorts(const Graph& graph) {
  for (const auto& ids : {graph.inputs(), graph.outputs(), graph.taps()}) {
    for (const ValueId id : ids) {
      const Value& value = graph.value(id);
      if (value.desc.dtype == DType::kFloat32) continue;
      throw Error(Fault::kModel, ErrorCode::kUnsupported,
                  Text("vulkan: value '", value.name, "' is ", DTypeName(value.desc.dtype),
                       ": expected float32"));
    }
  }
}

void CheckStorage(const Graph& graph, const DevicePlan& plan) {
  if (plan.half_storage) return;
  for (const Value& value : graph.values()) {
    if (value.desc.dtype != DType::kFloat16) continue;
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text("vulkan: value '", value.name,
                     "' is float16: the device has no 16-bit storage (storageBuffer16BitAccess)"));
  }
}

void CheckBindings(const Graph& graph, const Lowering& lowering, const DevicePlan& plan) {
  for (const Dispatch& dispatch : lowering.dispatches()) {
    for (const BufferRef& buffer : dispatch.buffers) {
      if (buffer.bytes <= plan.max_binding_bytes) continue;
      const std::string node = dispatch.node < 0
                                   ? "encoding of a tap"
                                   : graph.nodes()[static_cast<std::size_t>(dispatch.node)].name;
      throw Error(Fault::kModel, ErrorCode::kUnsupported,
                  Text("vulkan: node '", node, "' binds ", buffer.bytes,
                       " bytes: the device allows ", plan.max_binding_bytes, " in one buffer"));
    }
  }
}

}  // namespace

std::size_t Network::OffsetOf(const BufferRef& ref) const {
  const auto index = static_cast<std::size_t>(ref.value);
  switch (ref.kind) {
    case BufferRef::Kind::kValue:
      return value_offsets[index];
    case BufferRef::Kind::kScratch:
      return scratch_offsets[index];
    case BufferRef::Kind::kConstants:
    case BufferRef::Kind::kTaps:
      break;
  }
  return ref.offset;
}

Network::Network(const Graph& graph, std::span<const Encoding> encodings, const DevicePlan& plan)
    : lowering((CheckPorts(graph), CheckStorage(graph, plan), LowerGraph(graph, plan))) {
  const std::size_t alignment = plan.offset_alignment;
  PlaceValues(graph, plan, *this);
  for (const ValueId id : graph.inputs()) {
    inputs.push_back(MakePort(*this, id, Encoding::kFloat32, upload_bytes, alignment));
  }
  for (const ValueId id : graph.outputs()) {
    outputs.push_back(MakePort(*this, id, Encoding::kFloat32, readback_bytes, alignment));
  }
  for (std::size_t i = 0; i < graph.taps().size(); ++i) {
    taps.push_back(MakePort(*this, graph.taps()[i], encodings[i], taps_bytes, alignment));
  }
  network_dispatches = lowering.dispatches().size();
  tapped_differs = std::ranges::any_of(lowering.dispatches(), [](const Dispatch& dispatch) {
    return dispatch.tap_only || dispatch.differs_when_tapped;
  });
  lowering.BeginNode(-1, true);
  for (const Port& tap : taps) {
    if (tap.constant.empty()) LowerEncode(lowering, tap.value, tap.encoding, tap.host_offset);
  }
  CheckBindings(graph, lowering, plan);
}

}  // namespace vigil::vulkan
