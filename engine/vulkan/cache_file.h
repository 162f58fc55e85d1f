// The pipeline cache on disk. Layout, all numbers little-endian:
//   8 bytes  "VIGILPC1"
//   4, 4     vendor and device id
//   16       pipelineCacheUUID
//   8        hash of the embedded shaders
//   8        bytes of the payload
//   8        hash of the payload
//   payload  what vkGetPipelineCacheData gave
// A file that differs in anything is a miss: drivers may trust what they are handed.
#ifndef VIGIL_ENGINE_VULKAN_CACHE_FILE_H_
#define VIGIL_ENGINE_VULKAN_CACHE_FILE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

namespace vigil::vulkan {

struct CacheIdentity {
  std::uint32_t vendor_id = 0, device_id = 0;
  std::array<std::uint8_t, 16> uuid{};
  std::uint64_t shader_hash = 0;
};

std::vector<std::byte> EncodeCache(const CacheIdentity& identity,
                                   std::span<const std::byte> payload);
// The payload; nothing where the blob is not ours, not whole, or not of this identity.
std::optional<std::vector<std::byte>> DecodeCache(const CacheIdentity& identity,
                                                  std::span<const std::byte> blob);

// One file a device, below `folder`.
std::filesystem::path CachePath(const std::filesystem::path& folder, const CacheIdentity& identity);
// Empty where there is none or it does not fit. Never throws.
std::vector<std::byte> ReadCache(const std::filesystem::path& path, const CacheIdentity& identity);
// Whole or not at all (a new file, renamed). A failure is logged: the cache only saves time.
void WriteCache(const std::filesystem::path& path, const CacheIdentity& identity,
                std::span<const std::byte> payload);

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_CACHE_FILE_H_
