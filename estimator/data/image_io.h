// Reads image files, and encodes the sheets of `vigil dataset inspect`.
#ifndef VIGIL_ESTIMATOR_DATA_IMAGE_IO_H_
#define VIGIL_ESTIMATOR_DATA_IMAGE_IO_H_

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "estimator/data/dataset.h"

namespace vigil {

// Thread-safe. Grey and 16-bit files become 8-bit RGB, alpha is dropped, EXIF orientation is
// applied. Throws Error naming the file: (Input, kNotFound) where it does not exist, (Input, kIo)
// where it cannot be read, (Input, kMalformed) where it is no image, or a truncated one.
Image LoadImage(const std::filesystem::path& path);

// The same from bytes; `name` stands for the file in messages.
Image DecodeImage(std::span<const std::byte> bytes, const std::string& name);

// For contact sheets only: no other part of the product writes an image.
std::vector<std::byte> EncodePng(const Image& image);

// What is left of an image that was a JPEG file of this quality, 1 to 100, in between.
Image AfterJpeg(const Image& image, int quality);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_IMAGE_IO_H_
