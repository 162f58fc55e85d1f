#include "estimator/detect/detected_faces.h"

#include <utility>

#include "engine/base/text.h"

namespace vigil {

DetectedFaces::DetectedFaces(std::shared_ptr<const Dataset> base,
                             std::shared_ptr<FaceDetector> detector, float margin)
    : base_(std::move(base)), detector_(std::move(detector)), margin_(margin) {}

Sample DetectedFaces::Get(std::int64_t index) const {
  for (std::int64_t tried = 0; tried < kMostMisses; ++tried) {
    Sample sample = base_->Get((index + tried) % size());
    std::vector<Detection> faces;
    {
      const std::lock_guard lock(mutex_);
      faces = detector_->Detect(sample.image);
    }
    if (faces.empty()) continue;
    sample.face = std::exchange(sample.box, SquareBox(faces.front(), margin_));
    const float overlap =
        IntersectionOverUnion(DetectionOf(sample.box, 1.0f), DetectionOf(sample.face, 1.0f));
    if (overlap < kLocalized) sample.applied.Add(Cause::kLocalization);
    return sample;
  }
  throw Error(Fault::kInput, ErrorCode::kNotFound,
              Text(base_->name(), ": no face found in ", kMostMisses, " pictures from number ",
                   index, " on: expected a detector that fits them"));
}

}  // namespace vigil
