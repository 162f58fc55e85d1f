#include "estimator/detect/detector_quality.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace vigil {

DetectorQuality MeasureDetector(FaceDetector& detector, const Dataset& data, float margin) {
  constexpr float kFound = 0.5f;
  DetectorQuality quality;
  std::vector<double> ratios;
  for (std::int64_t i = 0; i < data.size(); ++i) {
    const Sample sample = data.Get(i);
    const std::vector<Detection> faces = detector.Detect(sample.image);
    if (!(sample.box.size > 0.0f)) {
      ++quality.empty;
      quality.alarms += faces.empty() ? 0 : 1;
      continue;
    }
    ++quality.pictures;
    if (faces.empty()) continue;
    const Box box = SquareBox(faces.front(), margin);
    const float overlap =
        IntersectionOverUnion(DetectionOf(box, 1.0f), DetectionOf(sample.box, 1.0f));
    if (overlap < kFound) continue;
    ++quality.found;
    quality.overlap += overlap;
    quality.distance +=
        std::hypot(box.center_x - sample.box.center_x, box.center_y - sample.box.center_y) /
        sample.box.size;
    ratios.push_back(sample.box.size / SquareBox(faces.front(), 1.0f).size);
  }
  if (quality.found > 0) {
    quality.overlap /= static_cast<double>(quality.found);
    quality.distance /= static_cast<double>(quality.found);
    const auto middle = ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2);
    std::ranges::nth_element(ratios, middle);
    quality.margin = *middle;
  }
  return quality;
}

}  // namespace vigil
