// CIFAR-10 in the form that is meant for Python: pickled dictionaries, read without Python.
#ifndef VIGIL_ESTIMATOR_DATA_CIFAR10_PICKLE_H_
#define VIGIL_ESTIMATOR_DATA_CIFAR10_PICKLE_H_

#include <cstddef>
#include <filesystem>
#include <vector>

namespace vigil {

// A label, then the three planes of a 32x32 image.
inline constexpr std::size_t kCifarRecordBytes = 3073;

// The records of a batch as the binary form has them. The pickle is a dictionary with "data", an
// array of N x 3,072 uint8, and "labels", a list of N integers; what else it holds is not looked
// at. Throws Error (Input): kNotFound or kIo for the file; kUnsupported where it is larger than
// 64 MiB (a batch has 31 MB) or wants to run something; kMalformed, kInvalidShape or kInvalidType
// for its contents; kInvalidValue naming the row for a label.
std::vector<std::byte> ReadCifarPickle(const std::filesystem::path& file);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_CIFAR10_PICKLE_H_
