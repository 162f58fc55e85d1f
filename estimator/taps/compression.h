// Lossless compression of a record's payload (zstd), bounded when read.
#ifndef VIGIL_ESTIMATOR_TAPS_COMPRESSION_H_
#define VIGIL_ESTIMATOR_TAPS_COMPRESSION_H_

#include <cstddef>
#include <span>
#include <vector>

namespace vigil {

// One zstd frame with its content size and a checksum. REQUIRES: level 1 (fastest) to 3.
std::vector<std::byte> Compress(std::span<const std::byte> bytes, int level = 1);

// The inverse. Throws Error (Input, kMalformed) for anything but one whole, undamaged frame that
// declares its size, or one of more than `max_bytes`; memory is taken only for what the frame
// declares within that bound.
std::vector<std::byte> Decompress(std::span<const std::byte> frame, std::size_t max_bytes);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TAPS_COMPRESSION_H_
