#include "engine/vulkan/recorder.h"

#include "engine/vulkan/hazards.h"

namespace vigil::vulkan {
namespace {

using Stage = vk::PipelineStageFlagBits;
using AccessBit = vk::AccessFlagBits;

void Barrier(const vk::raii::CommandBuffer& commands, vk::PipelineStageFlags from,
             vk::AccessFlags from_access, vk::PipelineStageFlags to, vk::AccessFlags to_access) {
  commands.pipelineBarrier(from, to, {}, vk::MemoryBarrier(from_access, to_access), {}, {});
}

// Dispatch after dispatch: reads see what was written, and reused memory is not overwritten while
// it is still read or written.
void DispatchBarrier(const vk::raii::CommandBuffer& commands) {
  Barrier(commands, Stage::eComputeShader, AccessBit::eShaderWrite | AccessBit::eShaderRead,
          Stage::eComputeShader, AccessBit::eShaderRead | AccessBit::eShaderWrite);
}

std::vector<TouchedRange> RangesOf(const Dispatch& dispatch, const Network& network) {
  std::vector<TouchedRange> ranges;
  const ShaderInterface& interface = InterfaceOf(dispatch.shader);
  for (std::size_t i = 0; i < dispatch.buffers.size(); ++i) {
    const BufferRef& ref = dispatch.buffers[i];
    if (ref.kind == BufferRef::Kind::kConstants) continue;  // nobody writes them
    constexpr int kArena = 0, kTaps = 1;
    const int buffer = ref.kind == BufferRef::Kind::kTaps ? kTaps : kArena;
    const std::size_t begin = network.OffsetOf(ref);
    ranges.push_back({buffer, begin, begin + ref.bytes, Writes(interface.buffers[i])});
  }
  return ranges;
}

}  // namespace

void Recorder::CopyInputs(const vk::raii::CommandBuffer& commands) const {
  if (resources_.arena.mapped()) return;  // the host wrote into the arena; a submission shows it
  for (const Port& port : network_.inputs) {
    commands.copyBuffer(resources_.upload.handle(), resources_.arena.handle(),
                        vk::BufferCopy(port.host_offset, port.arena_offset, port.bytes));
  }
  // The first dispatches read what the copies write, or write memory beside it.
  Barrier(commands, Stage::eTransfer, AccessBit::eTransferWrite, Stage::eComputeShader,
          AccessBit::eShaderRead | AccessBit::eShaderWrite);
  if (network_.network_dispatches == 0) {
    // A network that only renames its inputs copies them straight out.
    Barrier(commands, Stage::eTransfer, AccessBit::eTransferWrite, Stage::eTransfer,
            AccessBit::eTransferRead);
  }
}

void Recorder::CopyOutputs(const vk::raii::CommandBuffer& commands) const {
  if (resources_.arena.mapped()) {
    // The host reads outputs where the shaders wrote them.
    Barrier(commands, Stage::eComputeShader, AccessBit::eShaderWrite, Stage::eHost,
            AccessBit::eHostRead);
    return;
  }
  // Copies read what dispatches, or the copy of an input that is an output too, wrote.
  Barrier(commands, Stage::eComputeShader | Stage::eTransfer,
          AccessBit::eShaderWrite | AccessBit::eTransferWrite, Stage::eTransfer,
          AccessBit::eTransferRead);
  for (const Port& port : network_.outputs) {
    if (!port.constant.empty()) continue;
    commands.copyBuffer(resources_.arena.handle(), resources_.readback.handle(),
                        vk::BufferCopy(port.arena_offset, port.host_offset, port.bytes));
  }
  // The host reads what the copies wrote.
  Barrier(commands, Stage::eTransfer, AccessBit::eTransferWrite, Stage::eHost,
          AccessBit::eHostRead);
}

void Recorder::Record(const vk::raii::CommandBuffer& commands, std::size_t index,
                      bool with_taps) const {
  const Dispatch& dispatch = network_.lowering.dispatches()[index];
  const PipelineHandles& handles = resources_.pipelines[index];
  commands.bindPipeline(vk::PipelineBindPoint::eCompute, handles.pipeline);
  commands.bindDescriptorSets(vk::PipelineBindPoint::eCompute, handles.layout, 0,
                              resources_.sets[index], {});
  const auto& push =
      with_taps && dispatch.differs_when_tapped ? dispatch.tapped_push : dispatch.push;
  commands.pushConstants<std::byte>(
      handles.layout, vk::ShaderStageFlagBits::eCompute, 0,
      vk::ArrayProxy<const std::byte>(static_cast<std::uint32_t>(dispatch.push_bytes),
                                      push.data()));
  commands.dispatch(dispatch.groups[0], dispatch.groups[1], dispatch.groups[2]);
}

void Recorder::RecordRange(const vk::raii::CommandBuffer& commands, std::size_t first,
                           std::size_t last, bool with_taps) const {
  HazardTracker hazards;
  for (std::size_t i = first; i < last; ++i) {
    const Dispatch& dispatch = network_.lowering.dispatches()[i];
    if (dispatch.tap_only && !with_taps) continue;
    const std::vector<TouchedRange> ranges = RangesOf(dispatch, network_);
    if (hazards.Conflicts(ranges)) {
      DispatchBarrier(commands);
      hazards.Clear();
    }
    hazards.Add(ranges);
    Record(commands, i, with_taps);
  }
}

void Recorder::RecordNetwork(const vk::raii::CommandBuffer& commands, bool with_taps) const {
  commands.begin(vk::CommandBufferBeginInfo());
  CopyInputs(commands);
  RecordRange(commands, 0, network_.network_dispatches, with_taps);
  CopyOutputs(commands);
  commands.end();
}

void Recorder::RecordTaps(const vk::raii::CommandBuffer& commands) const {
  commands.begin(vk::CommandBufferBeginInfo());
  // Encoders and copies read what the network's dispatches, or the copies of its inputs, wrote.
  Barrier(commands, Stage::eComputeShader | Stage::eTransfer,
          AccessBit::eShaderWrite | AccessBit::eTransferWrite,
          Stage::eComputeShader | Stage::eTransfer,
          AccessBit::eShaderRead | AccessBit::eTransferRead);
  RecordRange(commands, network_.network_dispatches, network_.lowering.dispatches().size(), true);
  for (const Port& port : network_.taps) {
    if (port.encoding != Encoding::kFloat32 || !port.constant.empty()) continue;
    commands.copyBuffer(resources_.arena.handle(), resources_.taps.handle(),
                        vk::BufferCopy(port.arena_offset, port.host_offset, port.bytes));
  }
  // The host reads what encoders and copies wrote.
  Barrier(commands, Stage::eComputeShader | Stage::eTransfer,
          AccessBit::eShaderWrite | AccessBit::eTransferWrite, Stage::eHost, AccessBit::eHostRead);
  commands.end();
}

std::vector<int> Recorder::RecordProfile(const vk::raii::CommandBuffer& commands,
                                         vk::QueryPool queries) const {
  const std::vector<Dispatch>& dispatches = network_.lowering.dispatches();
  std::vector<int> nodes;
  commands.begin(vk::CommandBufferBeginInfo());
  commands.resetQueryPool(queries, 0,
                          static_cast<std::uint32_t>(network_.lowering.graph().nodes().size()) + 1);
  CopyInputs(commands);
  commands.writeTimestamp(Stage::eBottomOfPipe, queries, 0);
  for (std::size_t i = 0; i < network_.network_dispatches; ++i) {
    if (dispatches[i].tap_only) continue;
    Record(commands, i, false);
    DispatchBarrier(commands);  // the next timestamp comes after this node, not in its midst
    if (nodes.empty() || nodes.back() != dispatches[i].node) nodes.push_back(dispatches[i].node);
    const bool last = i + 1 == network_.network_dispatches ||
                      dispatches[i + 1].node != dispatches[i].node || dispatches[i + 1].tap_only;
    if (last) {
      commands.writeTimestamp(Stage::eBottomOfPipe, queries,
                              static_cast<std::uint32_t>(nodes.size()));
    }
  }
  CopyOutputs(commands);
  commands.end();
  return nodes;
}

void RecordUpload(const vk::raii::CommandBuffer& commands, vk::Buffer from, vk::Buffer to,
                  std::size_t bytes) {
  commands.begin(vk::CommandBufferBeginInfo(vk::CommandBufferUsageFlagBits::eOneTimeSubmit));
  commands.copyBuffer(from, to, vk::BufferCopy(0, 0, bytes));
  // Shaders of later submissions read what the copy wrote.
  Barrier(commands, Stage::eTransfer, AccessBit::eTransferWrite, Stage::eComputeShader,
          AccessBit::eShaderRead);
  commands.end();
}

}  // namespace vigil::vulkan
