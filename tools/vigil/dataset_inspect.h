// `vigil dataset inspect`: what a data set holds, in figures and as a contact sheet.
#ifndef VIGIL_TOOLS_VIGIL_DATASET_INSPECT_H_
#define VIGIL_TOOLS_VIGIL_DATASET_INSPECT_H_

#include <string>

#include "tools/vigil/dataset_options.h"
#include "tools/vigil/dataset_tally.h"

namespace vigil {

// Opens what was chosen. Throws Error as ReadDescription, OpenDescribed and OpenPrepared.
InspectedDataset OpenChoice(const DatasetChoice& choice);

struct DatasetInspection {
  DatasetChoice choice;
  int sheet_images = 64;  // shown in the sheet, spread over the set
  std::string sheet;      // a PNG to write; empty: none
  bool json = false;
};

// Prints on standard output. Throws Error.
void InspectDataset(const DatasetInspection& inspection);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_DATASET_INSPECT_H_
