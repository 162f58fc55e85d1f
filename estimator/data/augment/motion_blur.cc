#include "estimator/data/augment/motion_blur.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numbers>
#include <span>

#include "engine/base/error.h"

namespace vigil {
namespace {

constexpr double kPointsPerPixel = 3.0;
constexpr double kLargestBend = 0.25;
constexpr float kNegligible = 1e-4f;

}  // namespace

BlurKernel MakeMotionKernel(double length_pixels, double angle_radians, double bend) {
  VIGIL_CHECK(length_pixels >= 0.0);
  const int points = 1 + 2 * static_cast<int>(std::ceil(length_pixels * kPointsPerPixel / 2.0));
  std::map<std::pair<int, int>, double> cells;
  for (int i = 0; i < points; ++i) {
    const double t = points == 1 ? 0.0 : static_cast<double>(i) / (points - 1) - 0.5;
    const double along = t * length_pixels;
    // Zero mean over the path, so that blur does not displace the picture.
    const double aside = bend * length_pixels * (1.0 / 3.0 - 4.0 * t * t);
    const double x = along * std::cos(angle_radians) - aside * std::sin(angle_radians);
    const double y = along * std::sin(angle_radians) + aside * std::cos(angle_radians);
    const int left = static_cast<int>(std::floor(x)), top = static_cast<int>(std::floor(y));
    const double fx = x - left, fy = y - top;
    cells[{top, left}] += (1.0 - fx) * (1.0 - fy);
    cells[{top, left + 1}] += fx * (1.0 - fy);
    cells[{top + 1, left}] += (1.0 - fx) * fy;
    cells[{top + 1, left + 1}] += fx * fy;
  }
  BlurKernel kernel;
  float sum = 0.0f;
  for (const auto& [cell, count] : cells) {
    const float weight = static_cast<float>(count / points);
    if (weight < kNegligible) continue;
    kernel.taps.push_back({cell.second, cell.first, weight});
    sum += weight;
  }
  for (BlurKernel::Tap& tap : kernel.taps) tap.weight /= sum;
  return kernel;
}

Image Convolve(const Image& image, const BlurKernel& kernel) {
  int margin = 0;
  for (const BlurKernel::Tap& tap : kernel.taps)
    margin = std::max({margin, std::abs(tap.dx), std::abs(tap.dy)});
  // A float copy with a margin, so that the inner loop has no branch and the compiler vectorises
  // it.
  const int wide = image.width + 2 * margin, tall = image.height + 2 * margin;
  std::vector<float> padded(static_cast<std::size_t>(wide) * tall * 3);
  for (int y = 0; y < tall; ++y) {
    const int from_y = std::clamp(y - margin, 0, image.height - 1);
    for (int x = 0; x < wide; ++x) {
      const int from_x = std::clamp(x - margin, 0, image.width - 1);
      const std::size_t from = (static_cast<std::size_t>(from_y) * image.width + from_x) * 3;
      const std::size_t to = (static_cast<std::size_t>(y) * wide + x) * 3;
      for (std::size_t c = 0; c < 3; ++c) padded[to + c] = image.rgb[from + c];
    }
  }
  Image out = Image::Make(image.width, image.height);
  const std::size_t stride = static_cast<std::size_t>(image.width) * 3;
  std::vector<float> sum(stride);
  for (int y = 0; y < image.height; ++y) {
    std::ranges::fill(sum, 0.5f);  // rounds to nearest
    for (const BlurKernel::Tap& tap : kernel.taps) {
      const float* from =
          padded.data() +
          (static_cast<std::size_t>(y + margin + tap.dy) * wide + (margin + tap.dx)) * 3;
      for (std::size_t i = 0; i < stride; ++i) sum[i] += tap.weight * from[i];
    }
    std::uint8_t* to = out.rgb.data() + static_cast<std::size_t>(y) * stride;
    for (std::size_t i = 0; i < stride; ++i)
      to[i] = static_cast<std::uint8_t>(std::clamp(sum[i], 0.0f, 255.0f));
  }
  return out;
}

Image BlurByMotion(const Image& image, const AugmentSeverity& severity, Random& random) {
  const double length =
      random.Uniform(severity.blur_length.low, severity.blur_length.high) * image.width;
  const double angle = random.Uniform(0.0, std::numbers::pi);
  const double bend = random.Uniform(-kLargestBend, kLargestBend);
  return Convolve(image, MakeMotionKernel(length, angle, bend));
}

}  // namespace vigil
