// `vigil dataset inspect`: what a data set holds, in figures and as a contact sheet.
#ifndef VIGIL_TOOLS_VIGIL_DATASET_INSPECT_H_
#define VIGIL_TOOLS_VIGIL_DATASET_INSPECT_H_

#include <cstdint>
#include <string>
#include <vector>

namespace vigil {

struct DatasetInspection {
  std::string source = "heads";  // or cifar10, images
  std::string root;              // of cifar10 and images
  std::string task;              // of images; the other sources have one
  std::vector<int> batches = {1};
  std::string variant = "2-cause";
  std::string severity = "moderate";
  std::uint64_t seed = 1;
  int count = 64;
  int side = 0;       // of the crop; 0: what the task's T takes
  std::string sheet;  // a PNG to write; empty: none
  bool json = false;
};

// Prints on standard output. Throws Error.
void InspectDataset(const DatasetInspection& inspection);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_DATASET_INSPECT_H_
