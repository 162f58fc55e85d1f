// A 64-bit content hash (FNV-1a) that names models, datasets and cache entries. Not for secrets.
#ifndef VIGIL_ENGINE_BASE_HASH_H_
#define VIGIL_ENGINE_BASE_HASH_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace vigil {

class Hasher {
 public:
  Hasher& Add(std::span<const std::byte> bytes) {
    for (const std::byte b : bytes)
      state_ = (state_ ^ static_cast<std::uint64_t>(b)) * 0x100000001b3u;
    return *this;
  }
  Hasher& Add(std::string_view text) { return Add(std::as_bytes(std::span(text))); }
  Hasher& Add(std::uint64_t number) { return Add(std::as_bytes(std::span(&number, 1))); }

  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325u;
};

// Sixteen lower-case hexadecimal digits.
std::string HashToHex(std::uint64_t hash);

}  // namespace vigil

#endif  // VIGIL_ENGINE_BASE_HASH_H_
