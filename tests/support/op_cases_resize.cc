#include "tests/support/op_cases.h"

namespace vigil::testing {
namespace {

using enum ResizeCoordinates;

constexpr ResizeCoordinates kCoordinates[] = {kHalfPixel,        kHalfPixelSymmetric,
                                              kPytorchHalfPixel, kAlignCorners,
                                              kAsymmetric,       kTfHalfPixelForNn};

// The sizes and shapes that every mode meets: growing, shrinking, both, to one, and other ranks.
std::vector<OpCase> WithSizes(const ResizeAttrs& attrs, std::uint64_t seed) {
  std::vector<OpCase> cases;
  const auto scaled = [&](const Shape& x, std::vector<float> scales) {
    ResizeAttrs own = attrs;
    own.scales = std::move(scales);
    cases.push_back({std::move(own), {x}, false, seed++});
  };
  const auto sized = [&](const Shape& x, std::vector<std::int64_t> sizes) {
    ResizeAttrs own = attrs;
    own.sizes = std::move(sizes);
    cases.push_back({std::move(own), {x}, false, seed++});
  };
  scaled({1, 3, 7, 5}, {1.0f, 1.0f, 2.0f, 2.0f});
  scaled({3, 2, 7, 9}, {1.0f, 1.0f, 0.6f, 1.7f});
  sized({1, 3, 7, 5}, {0, 0, 4, 13});
  sized({3, 2, 5, 7}, {0, 0, 1, 7});
  sized({1, 5, 7, 3}, {0, 11, 3, 0});
  sized({3, 4, 5}, {0, 0, 8});
  sized({1, 3, 5}, {0, 5, 3});
  return cases;
}

std::vector<OpCase> WithEveryCoordinate(ResizeAttrs attrs, std::uint64_t seed) {
  std::vector<OpCase> cases;
  for (const ResizeCoordinates coordinates : kCoordinates) {
    attrs.coordinates = coordinates;
    for (OpCase& op_case : WithSizes(attrs, seed)) cases.push_back(std::move(op_case));
    seed += 20;
  }
  attrs.coordinates = kTfCropAndResize;
  attrs.extrapolation = 0.25f;
  attrs.sizes = {0, 0, 5, 4};
  attrs.roi = {0.0f, 0.0f, 0.25f, -0.2f, 1.0f, 1.0f, 0.75f, 0.9f};
  cases.push_back({attrs, {{3, 2, 7, 5}}, false, seed});
  return cases;
}

}  // namespace

std::vector<OpCase> ResizeNearestCases() {
  std::vector<OpCase> cases;
  std::uint64_t seed = 1901;
  for (const ResizeRounding rounding :
       {ResizeRounding::kRoundPreferFloor, ResizeRounding::kRoundPreferCeil, ResizeRounding::kFloor,
        ResizeRounding::kCeil, ResizeRounding::kFloorOrCeil}) {
    for (OpCase& op_case : WithEveryCoordinate({.rounding = rounding}, seed)) {
      cases.push_back(std::move(op_case));
    }
    seed += 200;
  }
  return cases;
}

std::vector<OpCase> ResizeLinearCases() {
  std::vector<OpCase> cases = WithEveryCoordinate({.mode = ResizeMode::kLinear}, 2901);
  const ResizeAttrs smooth{.mode = ResizeMode::kLinear, .antialias = true};
  for (OpCase& op_case : WithSizes(smooth, 3101)) cases.push_back(std::move(op_case));
  return cases;
}

std::vector<OpCase> ResizeCubicCases() {
  std::vector<OpCase> cases = WithEveryCoordinate({.mode = ResizeMode::kCubic}, 3201);
  const ResizeAttrs inside{.mode = ResizeMode::kCubic, .cubic_a = -0.5f, .exclude_outside = true};
  for (OpCase& op_case : WithSizes(inside, 3401)) cases.push_back(std::move(op_case));
  const ResizeAttrs smooth{.mode = ResizeMode::kCubic, .antialias = true};
  for (OpCase& op_case : WithSizes(smooth, 3501)) cases.push_back(std::move(op_case));
  return cases;
}

}  // namespace vigil::testing
