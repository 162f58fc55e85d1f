// Vigil's own face detector: stage 1 of the cascade (SOURCES.md P1) where nothing is downloaded.
#ifndef VIGIL_ESTIMATOR_MODELS_FACE_DETECTOR_H_
#define VIGIL_ESTIMATOR_MODELS_FACE_DETECTOR_H_

#include <cstdint>

#include "engine/graph/graph.h"

namespace vigil {

// Channels of the output, which has one cell for each 16x16 pixels: whether the cell holds the
// centre of a face (a logit), that centre from the cell's own in cells, and the logarithm of the
// box's sides in cells.
inline constexpr int kFaceLogit = 0, kFaceOffsetX = 1, kFaceOffsetY = 2, kFaceLogWidth = 3,
                     kFaceLogHeight = 4, kFaceChannels = 5;
inline constexpr std::int64_t kFaceStride = 16;

struct FaceDetectorOptions {
  std::int64_t height = 128, width = 128;  // of the input; multiples of kFaceStride
  std::uint64_t seed = 1;
};

// Input "image" [1, 3, height, width], RGB, normalised by default; output "faces" [1, 5, height /
// 16, width / 16]. A plain stem and depthwise-separable blocks, `detect_1` to `detect_7`. Throws
// Error (Model, kInvalidValue) for sides that are no multiples of 16.
Graph BuildFaceDetector(const FaceDetectorOptions& options);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MODELS_FACE_DETECTOR_H_
