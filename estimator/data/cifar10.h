// CIFAR-10 (Krizhevsky 2009) in its official binary form, or in Python's.
#ifndef VIGIL_ESTIMATOR_DATA_CIFAR10_H_
#define VIGIL_ESTIMATOR_DATA_CIFAR10_H_

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "estimator/data/dataset.h"

namespace vigil {

// The batch number of the held-out images (test_batch.bin); 1 to 5 are data_batch_1..5.bin.
inline constexpr int kCifarTestBatch = 0;

// A batch is data_batch_1.bin or, where there is no such file, the pickle data_batch_1
// (cifar10_pickle.h). A binary file is a row of records of 3,073 bytes: a label 0-9, then the red,
// green and blue planes of a 32x32 image. The official files hold 10,000; one that holds fewer
// whole records is read too.
// Everything is read and checked here, so Get does not fail. The samples come in the order of
// `batches`; each is a group of its own, and its box is the whole image.
// `note` qualifies the name where the pixels are not the original ones ("JPEG q75").
// Throws Error (Input): kNotFound or kIo for the file; kMalformed for its size; kInvalidValue
// naming file and row for a label; (Api, kNotFound) for a batch number.
std::shared_ptr<const Dataset> OpenCifar10(const std::filesystem::path& root,
                                           const std::vector<int>& batches,
                                           const std::string& note = "");

// The same from named files, such as the lossless excerpts; a name without ".bin" is a pickle.
std::shared_ptr<const Dataset> OpenCifar10Files(const std::vector<std::filesystem::path>& files,
                                                const std::string& name);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_CIFAR10_H_
