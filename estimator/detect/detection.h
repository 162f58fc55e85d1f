// Boxes that a detector reports, and what overlaps of them mean.
#ifndef VIGIL_ESTIMATOR_DETECT_DETECTION_H_
#define VIGIL_ESTIMATOR_DETECT_DETECTION_H_

#include <vector>

#include "estimator/data/dataset.h"

namespace vigil {

// In pixels of the image that was looked at; may reach beyond its edges.
struct Detection {
  float left = 0.0f, top = 0.0f, right = 0.0f, bottom = 0.0f;
  float score = 0.0f;  // 0 to 1

  float width() const { return right - left; }
  float height() const { return bottom - top; }
};

// Area of the intersection over that of the union; 0 where either is empty.
float IntersectionOverUnion(const Detection& a, const Detection& b);

// Greedy non-maximum suppression: the best first, and none that overlaps a better one by more than
// `overlap`. Equal scores keep the order in which they came.
std::vector<Detection> SuppressOverlaps(std::vector<Detection> detections, float overlap);

// The square of the same centre whose side is the longer one times `margin`: a region of interest
// as T wants it.
Box SquareBox(const Detection& detection, float margin);

// The inverse of SquareBox with margin 1.
Detection DetectionOf(const Box& box, float score);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DETECT_DETECTION_H_
