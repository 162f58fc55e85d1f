// How well a face detector does on pictures whose face is known.
#ifndef VIGIL_ESTIMATOR_DETECT_DETECTOR_QUALITY_H_
#define VIGIL_ESTIMATOR_DETECT_DETECTOR_QUALITY_H_

#include <cstdint>

#include "estimator/detect/face_detector.h"

namespace vigil {

struct DetectorQuality {
  std::int64_t pictures = 0;  // with a face
  std::int64_t found = 0;     // of these: the surest box overlaps the true one by at least a half
  std::int64_t empty = 0;     // pictures without a face
  std::int64_t alarms = 0;    // of these: with a box all the same
  // Of those found: means of the overlap (intersection over union) and of the distance of the
  // centres, in sides of the true box; the median of true side over the box's longer one, which is
  // what a crop's margin should be.
  double overlap = 0.0, distance = 0.0, margin = 1.0;
};

// Looks at every picture of `data`; a box of size 0 is no face. Before the overlap is taken a box
// is made a square and larger by `margin`. Errors as FaceDetector::Detect and Dataset::Get.
DetectorQuality MeasureDetector(FaceDetector& detector, const Dataset& data, float margin = 1.0f);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DETECT_DETECTOR_QUALITY_H_
