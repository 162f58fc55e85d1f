#include "engine/vulkan/memory.h"

#include "engine/base/text.h"
#include "engine/vulkan/result.h"

namespace vigil::vulkan {
namespace {

std::string_view NameOf(MemoryUse use) {
  switch (use) {
    case MemoryUse::kArena:
      return "arena";
    case MemoryUse::kWeights:
      return "weights";
    case MemoryUse::kUpload:
      return "upload";
    case MemoryUse::kReadback:
      return "readback";
  }
  return "";
}

const std::vector<MemoryChoice>& ChoicesOf(const DevicePlan& plan, MemoryUse use) {
  if (use == MemoryUse::kUpload) return plan.upload;
  if (use == MemoryUse::kReadback) return plan.readback;
  return plan.device;
}

}  // namespace

Buffer::Buffer(const vk::raii::Device& device, const DevicePlan& plan, MemoryUse use,
               std::size_t bytes)
    : device_(&device), bytes_(bytes) {
  const std::string what = Text("allocating ", bytes, " bytes (", NameOf(use), ")");
  if (plan.max_allocation_bytes != 0 && bytes > plan.max_allocation_bytes) {
    throw Error(Fault::kGpu, ErrorCode::kOutOfMemory,
                Text("vulkan: ", what, ": the device gives at most ", plan.max_allocation_bytes,
                     " in one piece"));
  }
  Guard(what, [&] {
    using Usage = vk::BufferUsageFlagBits;
    vk::BufferUsageFlags usage = Usage::eStorageBuffer | Usage::eTransferSrc | Usage::eTransferDst;
    if (plan.lanes != 0) usage |= Usage::eUniformTexelBuffer;
    buffer_ = vk::raii::Buffer(device, vk::BufferCreateInfo({}, bytes, usage));
    const vk::MemoryRequirements needs = buffer_.getMemoryRequirements();
    const MemoryChoice* chosen = nullptr;
    for (const MemoryChoice& choice : ChoicesOf(plan, use)) {
      if (!chosen && (needs.memoryTypeBits >> choice.type & 1u)) chosen = &choice;
    }
    if (!chosen) throw ErrorOf(vk::Result::eErrorFeatureNotPresent, what);
    // A whole number of atoms, so that flushing everything is valid on non-coherent memory.
    const std::uint64_t atom = plan.non_coherent_atom;
    const std::uint64_t size = (needs.size + atom - 1) / atom * atom;
    memory_ = vk::raii::DeviceMemory(device, vk::MemoryAllocateInfo(size, chosen->type));
    buffer_.bindMemory(*memory_, 0);
    coherent_ = chosen->coherent;
    if (chosen->mapped) data_ = static_cast<std::byte*>(memory_.mapMemory(0, VK_WHOLE_SIZE));
  });
}

void Buffer::Flush() const {
  if (coherent_ || !data_) return;
  Guard("flushing mapped memory", [&] {
    device_->flushMappedMemoryRanges(vk::MappedMemoryRange(*memory_, 0, VK_WHOLE_SIZE));
  });
}

void Buffer::Invalidate() const {
  if (coherent_ || !data_) return;
  Guard("invalidating mapped memory", [&] {
    device_->invalidateMappedMemoryRanges(vk::MappedMemoryRange(*memory_, 0, VK_WHOLE_SIZE));
  });
}

}  // namespace vigil::vulkan
