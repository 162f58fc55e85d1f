#include "engine/vulkan/cache_file.h"

#include <cstring>
#include <fstream>
#include <iterator>

#include <stdlib.h>
#include <unistd.h>

#include "engine/base/hash.h"
#include "engine/base/log.h"
#include "engine/base/text.h"

namespace vigil::vulkan {
namespace {

constexpr std::string_view kMagic = "VIGILPC1";
constexpr std::size_t kHeaderBytes = 8 + 4 + 4 + 16 + 8 + 8 + 8;
// A cache larger than this is damaged, whatever it says.
constexpr std::uint64_t kMaxFileBytes = 256u << 20;

void Append(std::vector<std::byte>& to, std::uint64_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) to.push_back(static_cast<std::byte>(number >> (8 * i) & 0xff));
}

}  // namespace

std::vector<std::byte> EncodeCache(const CacheIdentity& identity,
                                   std::span<const std::byte> payload) {
  std::vector<std::byte> blob;
  blob.reserve(kHeaderBytes + payload.size());
  for (const char c : kMagic) blob.push_back(static_cast<std::byte>(c));
  Append(blob, identity.vendor_id, 4);
  Append(blob, identity.device_id, 4);
  for (const std::uint8_t byte : identity.uuid) blob.push_back(static_cast<std::byte>(byte));
  Append(blob, identity.shader_hash, 8);
  Append(blob, payload.size(), 8);
  Append(blob, Hasher().Add(payload).value(), 8);
  blob.insert(blob.end(), payload.begin(), payload.end());
  return blob;
}

std::optional<std::vector<std::byte>> DecodeCache(const CacheIdentity& identity,
                                                  std::span<const std::byte> blob) {
  if (blob.size() < kHeaderBytes) return std::nullopt;
  const std::span<const std::byte> payload = blob.subspan(kHeaderBytes);
  // The header follows from identity and payload, so it is compared whole.
  const std::vector<std::byte> expected = EncodeCache(identity, payload);
  if (!std::equal(expected.begin(), expected.end(), blob.begin(), blob.end())) return std::nullopt;
  return std::vector<std::byte>(payload.begin(), payload.end());
}

std::filesystem::path CachePath(const std::filesystem::path& folder,
                                const CacheIdentity& identity) {
  const std::uint64_t device = Hasher()
                                   .Add(std::uint64_t{identity.vendor_id})
                                   .Add(std::uint64_t{identity.device_id})
                                   .Add(std::as_bytes(std::span(identity.uuid)))
                                   .value();
  return folder / Text("pipelines-", HashToHex(device), ".bin");
}

std::vector<std::byte> ReadCache(const std::filesystem::path& path, const CacheIdentity& identity) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return {};
  // The size of what was opened: another writer may have put a new file in its place since.
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  const std::streamoff bytes = in.tellg();
  if (bytes < 0 || static_cast<std::uint64_t>(bytes) > kMaxFileBytes) return {};
  std::vector<char> text(static_cast<std::size_t>(bytes));
  if (!in.seekg(0).read(text.data(), bytes)) return {};
  return DecodeCache(identity, std::as_bytes(std::span(text))).value_or(std::vector<std::byte>());
}

void WriteCache(const std::filesystem::path& path, const CacheIdentity& identity,
                std::span<const std::byte> payload) {
  const std::vector<std::byte> blob = EncodeCache(identity, payload);
  std::error_code failure;
  std::filesystem::create_directories(path.parent_path(), failure);
  // A name that no other writer has, on another thread or in another process. Private to the user:
  // drivers trust what they are handed.
  std::string fresh = path.string() + ".XXXXXX";
  std::ofstream out;
  if (const int file = mkstemp(fresh.data()); file >= 0) {
    close(file);
    out.open(fresh, std::ios::binary);
  }
  out.write(reinterpret_cast<const char*>(blob.data()), static_cast<std::streamsize>(blob.size()));
  out.close();
  if (out) std::filesystem::rename(fresh, path, failure);
  if (!out || failure) {
    Log(LogLevel::kWarning, Text("vulkan: cannot write the pipeline cache ", path));
    std::filesystem::remove(fresh, failure);
  }
}

}  // namespace vigil::vulkan
