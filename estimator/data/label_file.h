// The labels.csv of an image folder.
#ifndef VIGIL_ESTIMATOR_DATA_LABEL_FILE_H_
#define VIGIL_ESTIMATOR_DATA_LABEL_FILE_H_

#include <filesystem>
#include <string>
#include <vector>

#include "estimator/models/task.h"

namespace vigil {

struct LabelRow {
  std::string file;
  Truth truth;
  int group = 0;
  std::string problem;  // why the label is invalid, naming file and row; empty where it is fine
};

// Comma-separated, a header line, no quoting; columns as image_folder.h says. Rows with a wrong
// number of columns or an invalid label are returned with their problem, for the caller to refuse
// or to skip. Throws Error (Input, kMalformed) where the header lacks a column, naming it.
std::vector<LabelRow> ReadLabelFile(const std::filesystem::path& path, const Task& task);

// An angle in degrees within `largest` of zero. Empty, or what is wrong with it; `angle` is then
// left as it was.
std::string ReadAngle(const std::string& name, const std::string& text, float largest,
                      float& angle);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_LABEL_FILE_H_
