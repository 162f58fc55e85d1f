// Resize 10-19 and Upsample 1-9 (scales, sizes and regions folded to attributes).
#ifndef VIGIL_ENGINE_OPS_RESIZE_H_
#define VIGIL_ENGINE_OPS_RESIZE_H_

#include <cstdint>
#include <vector>

namespace vigil {

enum class ResizeMode { kNearest, kLinear, kCubic };

// From an output element to a place between the input's; ONNX's names. kTfHalfPixelForNn stands in
// opset 11 alone.
enum class ResizeCoordinates {
  kHalfPixel,
  kHalfPixelSymmetric,
  kPytorchHalfPixel,
  kAlignCorners,
  kAsymmetric,
  kTfCropAndResize,
  kTfHalfPixelForNn
};

// Which neighbour is nearest. kFloorOrCeil is opset 10's: down where the dimension grows, up where
// it shrinks.
enum class ResizeRounding { kRoundPreferFloor, kRoundPreferCeil, kFloor, kCeil, kFloorOrCeil };

// Along every dimension on its own, x float32. The output's dimensions are `sizes` (0 keeps the
// input's), or without them floor(input * scale) in float32; scales are `scales`, or without them
// output / input. At least one of both is there, with an entry for each dimension.
struct ResizeAttrs {
  ResizeMode mode = ResizeMode::kNearest;
  ResizeCoordinates coordinates = ResizeCoordinates::kHalfPixel;
  ResizeRounding rounding = ResizeRounding::kRoundPreferFloor;
  std::vector<float> scales;
  std::vector<std::int64_t> sizes;
  std::vector<float> roi;        // kTfCropAndResize: begin of each dimension, then ends
  float extrapolation = 0.0f;    // kTfCropAndResize: what stands outside the input
  float cubic_a = -0.75f;        // kCubic: the kernel's parameter
  bool exclude_outside = false;  // weights of places outside are 0 and the others sum to 1
  bool antialias = false;        // kLinear and kCubic: a kernel as wide as the step, when shrinking
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_RESIZE_H_
