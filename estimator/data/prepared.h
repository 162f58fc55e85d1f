// A data set in one file: crops of T's input size, spoilt or not, with their truth.
#ifndef VIGIL_ESTIMATOR_DATA_PREPARED_H_
#define VIGIL_ESTIMATOR_DATA_PREPARED_H_

#include <filesystem>
#include <functional>
#include <memory>

#include "estimator/data/dataset.h"
#include "estimator/data/description.h"

namespace vigil {

// The file, version 1; numbers are little-endian, floats IEEE 754:
//
//   bytes        what
//   8            "VIGILSET"
//   4            version, 1
//   4            side of the images in pixels
//   8            number of samples
//   4            H, length of the header
//   H            header, JSON: "name" for figures, "description" as description.h has it
//   a sample     int32 label; float pitch, yaw, roll in degrees; int32 group; uint8 causes that
//                were applied, a bit each in the order of Cause; 3 zeros; side * side * 3 bytes
//                RGB, rows from the top
//   8            FNV-1a of all bytes before (engine/base/hash.h)
//
// Reading it takes no image library, so that models can be trained where there is none. The bytes
// are a function of the description and the source alone.
inline constexpr std::uint32_t kPreparedVersion = 1;

// Writes all samples of `data`, whose images must be squares of one size as AugmentedDataset makes
// them; `threads` make them (0: one a processor), and the file is the same whatever their number.
// The file appears whole or not at all. `on_sample` is called with the number done, from the
// caller's thread. Throws Error (Api, kIo) where it cannot be written, and what Get throws.
void WritePrepared(const std::filesystem::path& path, const Dataset& data,
                   const DatasetDescription& description, int threads = 0,
                   const std::function<void(std::int64_t)>& on_sample = {});

struct PreparedDataset {
  std::shared_ptr<const Dataset> data;
  DatasetDescription description;
};

// Whether the file begins as one of these does; false where it cannot be read.
bool IsPrepared(const std::filesystem::path& path);

// The whole file is read into memory and checked. Throws Error (Input): kNotFound or kIo for the
// file; kMalformed for other bytes, another size than the header says, or a checksum that does not
// hold; kUnsupported for another version; kInvalidValue naming the sample for a label that its task
// does not have, or a pose that is not finite.
PreparedDataset OpenPrepared(const std::filesystem::path& path);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_PREPARED_H_
