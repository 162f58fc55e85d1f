#include "tools/vigil/dataset_detector.h"

#include <utility>

#include <CLI/CLI.hpp>

#include "engine/cpu/cpu_backend.h"
#include "engine/onnx/onnx.h"
#include "estimator/detect/detected_faces.h"
#include "estimator/models/model_files.h"

namespace vigil {
namespace {

constexpr const char* kShipped = "shipped";

}  // namespace

void DetectorOption::AddTo(CLI::App& command) {
  command
      .add_option("--detector", file,
                  "T sees faces where a detector finds them: an ONNX file (UltraFace, YuNet or our "
                  "own), or no word for the one that ships")
      ->expected(0, 1)
      ->default_str(kShipped);
}

std::shared_ptr<const Dataset> DetectorOption::Find(std::shared_ptr<const Dataset> data) const {
  if (!given()) return data;
  const auto path = file == kShipped ? FindModel("face_detector") : std::filesystem::path(file);
  auto detector = std::make_shared<FaceDetector>(LoadOnnx(path), MakeCpuBackend(),
                                                 DetectorOptions{.threads = 1});
  return std::make_shared<DetectedFaces>(std::move(data), std::move(detector));
}

}  // namespace vigil
