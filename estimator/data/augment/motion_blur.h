// Motion blur: camera or head moved while the shutter was open.
#ifndef VIGIL_ESTIMATOR_DATA_AUGMENT_MOTION_BLUR_H_
#define VIGIL_ESTIMATOR_DATA_AUGMENT_MOTION_BLUR_H_

#include <vector>

#include "estimator/data/augment/severity.h"
#include "estimator/data/dataset.h"
#include "estimator/data/random.h"

namespace vigil {

// A sparse kernel: offsets in pixels and weights that sum to one.
struct BlurKernel {
  struct Tap {
    int dx = 0, dy = 0;
    float weight = 0.0f;
  };
  std::vector<Tap> taps;
};

// The path of a point that moves length_pixels in direction angle, bent sideways by `bend` of its
// length in the middle, centered on the pixel; each point of the path is spread bilinearly.
// REQUIRES: length_pixels >= 0.
BlurKernel MakeMotionKernel(double length_pixels, double angle_radians, double bend);

// Edges are replicated.
Image Convolve(const Image& image, const BlurKernel& kernel);

// A kernel with a length from severity.blur_length of the image's width, in any direction, bent by
// up to a quarter. Draws three numbers.
Image BlurByMotion(const Image& image, const AugmentSeverity& severity, Random& random);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_AUGMENT_MOTION_BLUR_H_
