// Buffers by use, each with memory of its own: few a network, so nothing is suballocated.
#ifndef VIGIL_ENGINE_VULKAN_MEMORY_H_
#define VIGIL_ENGINE_VULKAN_MEMORY_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "engine/vulkan/plan.h"
#include "engine/vulkan/vulkan_api.h"

namespace vigil::vulkan {

enum class MemoryUse { kArena, kWeights, kUpload, kReadback };

// A storage buffer, of texels too where DevicePlan::lanes, mapped as long as it lives where its use
// or the device's memory allows. Moves before first use alone; externally synchronised.
class Buffer {
 public:
  Buffer() = default;
  // Throws Error (Gpu, kOutOfMemory) that names the use and the bytes. REQUIRES: bytes > 0.
  Buffer(const vk::raii::Device& device, const DevicePlan& plan, MemoryUse use, std::size_t bytes);

  explicit operator bool() const { return bytes_ != 0; }
  vk::Buffer handle() const { return *buffer_; }
  std::size_t bytes() const { return bytes_; }
  bool mapped() const { return data_ != nullptr; }

  // REQUIRES: mapped(). The whole buffer.
  std::byte* data() const { return data_; }
  // What the host wrote becomes visible to the next submission, what the device wrote (and made
  // available to the host) to the host. No call at all on coherent memory.
  void Flush() const;
  void Invalidate() const;

 private:
  const vk::raii::Device* device_ = nullptr;
  std::size_t bytes_ = 0;
  bool coherent_ = true;
  vk::raii::Buffer buffer_{nullptr};
  vk::raii::DeviceMemory memory_{nullptr};  // unmapped as it is freed
  std::byte* data_ = nullptr;
};

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_MEMORY_H_
