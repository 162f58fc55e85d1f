// Names and sizes of the prepared file that its writer and its reader share (prepared.h).
#ifndef VIGIL_ESTIMATOR_DATA_PREPARED_FORMAT_H_
#define VIGIL_ESTIMATOR_DATA_PREPARED_FORMAT_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace vigil::prepared {

static_assert(std::endian::native == std::endian::little, "the file's numbers are copied as is");

inline constexpr std::string_view kMagic = "VIGILSET";

struct Head {
  char magic[8];
  std::uint32_t version, side;
  std::uint64_t samples;
  std::uint32_t header_bytes;
};
inline constexpr std::size_t kHeadBytes = 28;  // Head without the padding at its end

struct SampleHead {
  std::int32_t label;
  float pitch, yaw, roll;
  std::int32_t group;
  std::uint8_t applied, zeros[3];
};
static_assert(sizeof(SampleHead) == 24);

inline constexpr std::size_t kChecksumBytes = 8;
inline constexpr std::uint32_t kLargestSide = 4096;
inline constexpr std::uint32_t kLargestHeader = 1u << 20;

constexpr std::uint64_t SampleBytes(std::uint64_t side) {
  return sizeof(SampleHead) + side * side * 3;
}

}  // namespace vigil::prepared

#endif  // VIGIL_ESTIMATOR_DATA_PREPARED_FORMAT_H_
