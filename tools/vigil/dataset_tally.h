// What the samples of a data set have, counted and printed.
#ifndef VIGIL_TOOLS_VIGIL_DATASET_TALLY_H_
#define VIGIL_TOOLS_VIGIL_DATASET_TALLY_H_

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "estimator/data/image_folder.h"

namespace vigil {

// What is being looked at.
struct InspectedDataset {
  std::shared_ptr<const Dataset> data;
  Task task;
  bool labelled = true;
  std::vector<SkippedSample> skipped;
};

struct DatasetTally {
  std::int64_t images = 0, untouched = 0;
  std::vector<std::int64_t> truths;  // by decision of the task
  std::array<std::int64_t, kCauseCount> applied{};
  std::set<int> groups;
  double milliseconds = 0.0;  // an image

  explicit DatasetTally(const Task& task) : truths(task.labels.size()) {}
  void Add(const Task& task, const Sample& sample);
};

void PrintTally(const InspectedDataset& inspected, const DatasetTally& tally);
void PrintTallyJson(const InspectedDataset& inspected, const DatasetTally& tally);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_DATASET_TALLY_H_
