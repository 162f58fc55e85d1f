#include "estimator/detect/detection.h"

#include <algorithm>

namespace vigil {

float IntersectionOverUnion(const Detection& a, const Detection& b) {
  const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (!(width > 0.0f && height > 0.0f)) return 0.0f;
  const float both = width * height;
  return both / (a.width() * a.height() + b.width() * b.height() - both);
}

std::vector<Detection> SuppressOverlaps(std::vector<Detection> detections, float overlap) {
  std::ranges::stable_sort(detections, std::ranges::greater{}, &Detection::score);
  std::vector<Detection> kept;
  for (const Detection& candidate : detections) {
    const bool covered = std::ranges::any_of(kept, [&](const Detection& better) {
      return IntersectionOverUnion(better, candidate) > overlap;
    });
    if (!covered) kept.push_back(candidate);
  }
  return kept;
}

Box SquareBox(const Detection& detection, float margin) {
  return {.center_x = (detection.left + detection.right) / 2.0f,
          .center_y = (detection.top + detection.bottom) / 2.0f,
          .size = std::max(detection.width(), detection.height()) * margin};
}

Detection DetectionOf(const Box& box, float score) {
  const float half = box.size / 2.0f;
  return {.left = box.center_x - half,
          .top = box.center_y - half,
          .right = box.center_x + half,
          .bottom = box.center_y + half,
          .score = score};
}

}  // namespace vigil
