// Contact sheets: many small images with a caption each, for a developer's eye.
#ifndef VIGIL_ESTIMATOR_DATA_SHEET_H_
#define VIGIL_ESTIMATOR_DATA_SHEET_H_

#include <span>
#include <string>
#include <vector>

#include "estimator/data/dataset.h"

namespace vigil {

struct SheetCell {
  Image image;
  std::vector<std::string> caption;  // lines, ASCII
};

// Cells of cell_side pixels, `columns` in a row, captions below. REQUIRES: columns and cell_side >
// 0.
Image MakeSheet(std::span<const SheetCell> cells, int columns, int cell_side);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_SHEET_H_
