// The options by which `vigil dataset` describes a data set on the command line.
#ifndef VIGIL_TOOLS_VIGIL_DATASET_OPTIONS_H_
#define VIGIL_TOOLS_VIGIL_DATASET_OPTIONS_H_

#include <string>

#include <CLI/App.hpp>

#include "estimator/data/description.h"

namespace vigil {

// A description in a file or on the command line; for `inspect` also a prepared data set.
struct DatasetChoice {
  std::string file;                // empty: the options describe the set
  DatasetDescription description;  // of the options
  std::string root;                // folder of the source
};

// Adds --source and the rest, with the defaults in `choice`, which must outlive the command's run.
void AddDescriptionOptions(CLI::App& command, DatasetChoice& choice);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_DATASET_OPTIONS_H_
