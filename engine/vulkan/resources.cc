#include "engine/vulkan/resources.h"

#include <algorithm>
#include <map>

#include "engine/base/log.h"
#include "engine/base/text.h"
#include "engine/vulkan/result.h"

namespace vigil::vulkan {
namespace {

// A driver may promise more than the heap holds and page, or kill another process, later.
void CheckMemory(const Network& network, const DevicePlan& plan) {
  const std::size_t weights = network.lowering.constants().size();
  if (network.arena_bytes + weights <= plan.heap_bytes) return;
  throw Error(Fault::kGpu, ErrorCode::kOutOfMemory,
              Text("vulkan: the network needs ", network.arena_bytes, " bytes for values and ",
                   weights, " for weights: the device's heap has ", plan.heap_bytes));
}

void AllocateBuffers(const Network& network, Resources& r) {
  const vk::raii::Device& device = r.device->handle();
  const DevicePlan& plan = r.device->plan();
  CheckMemory(network, plan);
  r.arena = Buffer(device, plan, MemoryUse::kArena, network.arena_bytes);
  const std::size_t weight_bytes = network.lowering.constants().size();
  r.weights = Buffer(device, plan, MemoryUse::kWeights, std::max(weight_bytes, std::size_t{64}));
  if (!r.arena.mapped()) {
    r.upload = Buffer(device, plan, MemoryUse::kUpload, network.upload_bytes);
    r.readback = Buffer(device, plan, MemoryUse::kReadback, network.readback_bytes);
  }
  if (network.taps_bytes != 0) {
    r.taps = Buffer(device, plan, MemoryUse::kReadback, network.taps_bytes);
  }
}

vk::DescriptorBufferInfo Resolve(const BufferRef& ref, const Network& network, const Resources& r) {
  switch (ref.kind) {
    case BufferRef::Kind::kValue:
    case BufferRef::Kind::kScratch:
      return {r.arena.handle(), network.OffsetOf(ref), ref.bytes};
    case BufferRef::Kind::kConstants:
      return {r.weights.handle(), network.OffsetOf(ref), ref.bytes};
    case BufferRef::Kind::kTaps:
      return {r.taps.handle(), network.OffsetOf(ref), ref.bytes};
  }
  return {};
}

const vk::raii::BufferView& ViewOf(const vk::DescriptorBufferInfo& part, Access access,
                                   Resources& r) {
  const vk::Format format =
      access == Access::kFetch1 ? vk::Format::eR32Sfloat : vk::Format::eR32G32B32A32Sfloat;
  return r.views.emplace_back(
      r.device->handle(),
      vk::BufferViewCreateInfo({}, part.buffer, format, part.offset, part.range));
}

void WriteDescriptors(const Network& network, Resources& r) {
  const std::vector<Dispatch>& dispatches = network.lowering.dispatches();
  std::map<vk::DescriptorType, std::uint32_t> counts;
  for (const Dispatch& dispatch : dispatches) {
    for (const Access access : InterfaceOf(dispatch.shader).buffers) ++counts[DescriptorOf(access)];
  }
  if (counts.empty()) return;
  std::vector<vk::DescriptorPoolSize> sizes;
  for (const auto& [type, count] : counts) sizes.emplace_back(type, count);
  const vk::raii::Device& device = r.device->handle();
  r.descriptor_pool = vk::raii::DescriptorPool(
      device,
      vk::DescriptorPoolCreateInfo({}, static_cast<std::uint32_t>(dispatches.size()), sizes));
  std::vector<vk::DescriptorSetLayout> layouts;
  for (const PipelineHandles& handles : r.pipelines) layouts.push_back(handles.set);
  // The plain handles are wanted, which go with the pool: one object for each would only cost.
  for (vk::raii::DescriptorSet& set : vk::raii::DescriptorSets(
           device, vk::DescriptorSetAllocateInfo(*r.descriptor_pool, layouts))) {
    r.sets.push_back(set.release());
  }
  for (std::size_t i = 0; i < dispatches.size(); ++i) {
    const std::vector<Access>& accesses = InterfaceOf(dispatches[i].shader).buffers;
    for (std::uint32_t slot = 0; slot < accesses.size(); ++slot) {
      const vk::DescriptorBufferInfo part = Resolve(dispatches[i].buffers[slot], network, r);
      vk::WriteDescriptorSet write(r.sets[i], slot, 0, 1, DescriptorOf(accesses[slot]));
      if (Fetches(accesses[slot])) {
        write.pTexelBufferView = &*ViewOf(part, accesses[slot], r);
      } else {
        write.pBufferInfo = &part;
      }
      device.updateDescriptorSets(write, {});
    }
  }
}

}  // namespace

Resources::Resources(std::shared_ptr<Device> shared_device, const Network& network,
                     const CompileOptions& options)
    : device(std::move(shared_device)),
      deadline(options.deadline),
      low_priority(options.low_priority) {
  AllocateBuffers(network, *this);
  for (const Dispatch& dispatch : network.lowering.dispatches()) {
    pipelines.push_back(device->pipelines().Get(dispatch));
  }
  device->pipelines().Save();
  Guard("creating descriptors and commands", [&] {
    WriteDescriptors(network, *this);
    command_pool = vk::raii::CommandPool(
        device->handle(), vk::CommandPoolCreateInfo({}, device->plan().queue_family));
    fence = vk::raii::Fence(device->handle(), vk::FenceCreateInfo());
  });
}

void Resources::SubmitAndWait(std::span<const vk::CommandBuffer> commands,
                              std::chrono::nanoseconds limit) {
  Guard("resetting a fence", [&] { device->handle().resetFences(*fence); });
  device->Submit(commands, *fence, low_priority);
  in_flight = true;
  const vk::Result result = Guard("waiting for a run", [&] {
    return device->handle().waitForFences(*fence, VK_TRUE,
                                          static_cast<std::uint64_t>(limit.count()));
  });
  if (result != vk::Result::eSuccess) {
    throw ErrorOf(
        result, Text("waiting for a run: not done after ",
                     std::chrono::duration_cast<std::chrono::milliseconds>(limit).count(), " ms"));
  }
  in_flight = false;
}

const vk::raii::CommandBuffer& Resources::NewCommandBuffer() {
  return Guard("allocating a command buffer", [&]() -> const vk::raii::CommandBuffer& {
    const vk::CommandBufferAllocateInfo info(*command_pool, vk::CommandBufferLevel::ePrimary, 1);
    vk::raii::CommandBuffers made(device->handle(), info);
    return command_buffers.emplace_back(std::move(made.front()));
  });
}

void ReleaseResources::operator()(Resources* resources) const noexcept {
  if (resources->in_flight) {
    try {
      const vk::Result result = resources->device->handle().waitForFences(
          *resources->fence, VK_TRUE, static_cast<std::uint64_t>(resources->deadline.count()));
      resources->in_flight = result != vk::Result::eSuccess;
    } catch (const vk::DeviceLostError&) {
      resources->in_flight = false;  // a lost device has ended all that it ran
    } catch (const std::exception&) {
    }
  }
  if (resources->in_flight) {
    Log(LogLevel::kError, "vulkan: a run never ended; its memory is left to the device");
    return;
  }
  delete resources;
}

}  // namespace vigil::vulkan
