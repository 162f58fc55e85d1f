// Payloads without compression, for tests of what a store's file shows.
#ifndef VIGIL_TESTS_STORE_UNCOMPRESSED_BODIES_H_
#define VIGIL_TESTS_STORE_UNCOMPRESSED_BODIES_H_

#include <algorithm>
#include <utility>

#include "estimator/store/payload.h"

namespace vigil::testing {

// As long as it lives, records are packed as zstd frames of raw blocks: the bytes of the body as
// they are, which any reader of the product takes for what they are.
class UncompressedBodies {
 public:
  UncompressedBodies() : compress_(std::exchange(BodyCompression::compress, &RawFrame)) {}
  ~UncompressedBodies() { BodyCompression::compress = compress_; }
  UncompressedBodies(const UncompressedBodies&) = delete;
  UncompressedBodies& operator=(const UncompressedBodies&) = delete;

 private:
  // RFC 8878: magic number, a descriptor (one segment, 8 bytes of content size), the size, blocks
  // of type 0, each with 3 bytes that say last, type and size.
  static std::vector<std::byte> RawFrame(std::span<const std::byte> body, int /*level*/) {
    std::vector<std::byte> frame;
    const auto put = [&](std::uint64_t value, int bytes) {
      for (int i = 0; i < bytes; ++i) frame.push_back(static_cast<std::byte>(value >> (8 * i)));
    };
    put(0xFD2FB528u, 4);
    put(0xE0u, 1);
    put(body.size(), 8);
    do {
      const std::size_t size = std::min<std::size_t>(body.size(), 100000);
      const auto block = body.first(size);
      body = body.subspan(size);
      put((size << 3) | (body.empty() ? 1u : 0u), 3);
      frame.insert(frame.end(), block.begin(), block.end());
    } while (!body.empty());
    return frame;
  }

  std::vector<std::byte> (*compress_)(std::span<const std::byte> body, int level);
};

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_STORE_UNCOMPRESSED_BODIES_H_
