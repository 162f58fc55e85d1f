// `vigil dataset make`: a prepared data set from its description.
#ifndef VIGIL_TOOLS_VIGIL_DATASET_MAKE_H_
#define VIGIL_TOOLS_VIGIL_DATASET_MAKE_H_

#include <string>

namespace vigil {

struct DatasetMaking {
  std::string description;  // a file
  std::string root;
  std::string output;
  int threads = 0;  // 0: one a processor; the bytes are the same for any number
};

// Prints what was made on standard output, progress on standard error. Throws Error.
void MakeDataset(const DatasetMaking& making);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_DATASET_MAKE_H_
