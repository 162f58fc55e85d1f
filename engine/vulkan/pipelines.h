// Compute pipelines, made once for each shader and specialisation, and their layouts.
#ifndef VIGIL_ENGINE_VULKAN_PIPELINES_H_
#define VIGIL_ENGINE_VULKAN_PIPELINES_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/vulkan/cache_file.h"
#include "engine/vulkan/kernels/dispatch.h"
#include "engine/vulkan/vulkan_api.h"

namespace vigil::vulkan {

// Follows from how the shader uses its buffers and from the bytes of push constants.
struct PipelineLayout {
  vk::raii::DescriptorSetLayout set{nullptr};
  vk::raii::PipelineLayout layout{nullptr};
};

inline vk::DescriptorType DescriptorOf(Access access) {
  return Fetches(access) ? vk::DescriptorType::eUniformTexelBuffer
                         : vk::DescriptorType::eStorageBuffer;
}

// Handles that live as long as the Pipelines.
struct PipelineHandles {
  vk::Pipeline pipeline;
  vk::PipelineLayout layout;
  vk::DescriptorSetLayout set;
};

// Thread-safe. Pipelines stay until the device goes: a second network with the same shapes of work
// compiles nothing.
class Pipelines {
 public:
  // `identity` without the shaders' hash, which is added here. `cache_folder` empty: none on disk.
  // Throws Error (Gpu).
  Pipelines(const vk::raii::Device& device, CacheIdentity identity,
            const std::filesystem::path& cache_folder);

  // Throws Error (Gpu).
  PipelineHandles Get(const Dispatch& dispatch);

  // Writes the cache to disk where pipelines were made since the last time. Never throws.
  void Save();

 private:
  struct Key {
    std::string shader;
    std::vector<std::uint32_t> specialization;
    // clang-tidy 14 takes the comparison with 0 for one with a pointer.
    auto operator<=>(const Key&) const = default;  // NOLINT(modernize-use-nullptr)
  };

  const PipelineLayout& LayoutOf(const ShaderInterface& interface);
  vk::raii::Pipeline Make(const Dispatch& dispatch, vk::PipelineLayout layout);

  const vk::raii::Device& device_;
  CacheIdentity identity_;
  std::filesystem::path path_;  // empty: none
  std::mutex mutex_;            // guards all that follows
  vk::raii::PipelineCache cache_{nullptr};
  std::map<std::pair<std::vector<vk::DescriptorType>, std::size_t>, PipelineLayout> layouts_;
  std::map<Key, vk::raii::Pipeline> pipelines_;
  bool changed_ = false;
  std::uint64_t on_disk_ = 0;  // hash of what the file holds
};

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_PIPELINES_H_
