// Opens what a description describes.
#ifndef VIGIL_ESTIMATOR_DATA_DESCRIPTION_SOURCE_H_
#define VIGIL_ESTIMATOR_DATA_DESCRIPTION_SOURCE_H_

#include <filesystem>
#include <memory>
#include <vector>

#include "estimator/data/description.h"
#include "estimator/data/image_folder.h"

namespace vigil {

struct DescribedDataset {
  std::shared_ptr<const Dataset> base;           // the source's samples, chosen and in order
  std::shared_ptr<const AugmentedDataset> data;  // the same as crops, spoilt as described
  bool labelled = true;                          // false for images without labels.csv
  std::vector<SkippedSample> skipped;            // rows and files that were left out
};

// `root` is the folder of the source; heads need none. Throws Error (Api, kMisuse) where one is
// missing, and what the sources throw.
DescribedDataset OpenDescribed(const DatasetDescription& description,
                               const std::filesystem::path& root);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_DESCRIPTION_SOURCE_H_
