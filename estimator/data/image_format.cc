#include "estimator/data/image_format.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr std::array<std::uint8_t, 8> kPngSignature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
constexpr std::array<std::uint8_t, 3> kJpegSignature = {0xff, 0xd8, 0xff};

std::uint32_t ByteAt(std::span<const std::byte> bytes, std::size_t offset) {
  return static_cast<std::uint32_t>(bytes[offset]);
}

template <std::size_t n>
bool StartsWith(std::span<const std::byte> bytes, const std::array<std::uint8_t, n>& signature) {
  return bytes.size() >= n && std::ranges::equal(bytes.first(n), signature, [](auto a, auto b) {
           return static_cast<std::uint8_t>(a) == b;
         });
}

bool PngEnds(std::span<const std::byte> bytes) {
  std::size_t offset = kPngSignature.size();
  while (offset + 12 <= bytes.size()) {  // length, type, checksum
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) length = length << 8 | ByteAt(bytes, offset + i);
    if (length > bytes.size() - offset - 12) return false;
    const bool end = ByteAt(bytes, offset + 4) == 'I' && ByteAt(bytes, offset + 5) == 'E' &&
                     ByteAt(bytes, offset + 6) == 'N' && ByteAt(bytes, offset + 7) == 'D';
    if (end) return true;
    offset += length + 12;
  }
  return false;
}

// Walks the segments. After a start of scan, entropy-coded data run to the next marker that is
// neither a stuffed zero nor a restart; an end-of-image inside an embedded thumbnail does not
// count.
bool JpegEnds(std::span<const std::byte> bytes) {
  std::size_t offset = 2;
  while (offset + 1 < bytes.size()) {
    if (ByteAt(bytes, offset) != 0xff) {
      ++offset;
      continue;
    }
    const std::uint32_t marker = ByteAt(bytes, offset + 1);
    const bool in_data = marker == 0x00 || marker == 0xff || (marker >= 0xd0 && marker <= 0xd7);
    if (marker == 0xd9) return true;
    if (in_data) {
      offset += marker == 0xff ? 1 : 2;
      continue;
    }
    if (offset + 3 >= bytes.size()) return false;
    offset += 2 + (ByteAt(bytes, offset + 2) << 8 | ByteAt(bytes, offset + 3));
  }
  return false;
}

}  // namespace

std::string WhyTruncated(std::span<const std::byte> bytes) {
  if (StartsWith(bytes, kPngSignature) && !PngEnds(bytes))
    return Text("PNG of ", bytes.size(), " bytes without its IEND chunk");
  if (StartsWith(bytes, kJpegSignature) && !JpegEnds(bytes))
    return Text("JPEG of ", bytes.size(), " bytes without its end-of-image marker");
  return {};
}

}  // namespace vigil
