// --detector: a face detector before T, for the commands whose faces come with their true boxes.
#ifndef VIGIL_TOOLS_VIGIL_DATASET_DETECTOR_H_
#define VIGIL_TOOLS_VIGIL_DATASET_DETECTOR_H_

#include <memory>
#include <string>

#include <CLI/App.hpp>

#include "estimator/data/dataset.h"

namespace vigil {

struct DetectorOption {
  std::string file;  // "shipped": the one that ships; empty: boxes are the true ones

  void AddTo(CLI::App& command);
  bool given() const { return !file.empty(); }
  // The set with boxes from the detector, which runs on the CPU; `data` itself where none was asked
  // for. Throws as LoadOnnx and FaceDetector do.
  std::shared_ptr<const Dataset> Find(std::shared_ptr<const Dataset> data) const;
};

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_DATASET_DETECTOR_H_
