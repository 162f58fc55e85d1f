// A data set as a cascade sees it: every face where a detector says that it is.
#ifndef VIGIL_ESTIMATOR_DETECT_DETECTED_FACES_H_
#define VIGIL_ESTIMATOR_DETECT_DETECTED_FACES_H_

#include <memory>
#include <mutex>

#include "estimator/data/dataset.h"
#include "estimator/detect/face_detector.h"

namespace vigil {

// The base's samples with the surest detection for a box, as FaceCascade would cut it; the true box
// becomes Sample::face. Where the two share less than half (of their union) the localization has
// failed, and `applied` says so. A picture in which nothing is found has no crop and no answer: its
// index shows the next one in which something is, `kMostMisses` pictures on at most, so that a set
// has the size of its base and renders only what is asked for.
//
// Shares the base. Get is thread-safe (the detector takes turns) and throws besides Error (Input,
// kNotFound) where the detector finds nothing in so many pictures.
class DetectedFaces final : public Dataset {
 public:
  // `margin`: CascadeOptions'.
  DetectedFaces(std::shared_ptr<const Dataset> base, std::shared_ptr<FaceDetector> detector,
                float margin = 1.0f);

  std::string name() const override { return base_->name() + ", faces as detected"; }
  std::int64_t size() const override { return base_->size(); }
  Sample Get(std::int64_t index) const override;

  static constexpr float kLocalized = 0.5f;  // least intersection over union
  static constexpr int kMostMisses = 100;

 private:
  std::shared_ptr<const Dataset> base_;
  std::shared_ptr<FaceDetector> detector_;
  float margin_;
  mutable std::mutex mutex_;  // guards *detector_
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DETECT_DETECTED_FACES_H_
