// Pictures made of numbers, with colours and edges as photographs have them.
#ifndef VIGIL_TESTS_MONITOR_PICTURE_FIXTURE_H_
#define VIGIL_TESTS_MONITOR_PICTURE_FIXTURE_H_

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "estimator/monitor/validity/schema_learner.h"

namespace vigil::testing {

inline constexpr std::int64_t kPictureSide = 24;

// Waves of random direction and length, warm colours more often than cold ones, and a little noise;
// RGB planes, (pixel - 0.5) / 0.5.
inline Tensor Picture(std::uint32_t seed) {
  std::mt19937 generator(seed * 7919u + 13u);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::normal_distribution<double> normal(0.0, 1.0);
  Tensor picture(TensorDesc{DType::kFloat32, {1, 3, kPictureSide, kPictureSide}});
  double across[3], down[3], phase[3];
  for (int w = 0; w < 3; ++w) {
    across[w] = normal(generator) * 0.25;
    down[w] = normal(generator) * 0.25;
    phase[w] = uniform(generator) * 6.28;
  }
  const double bright = 0.45 + 0.1 * normal(generator), contrast = 0.2 + 0.2 * uniform(generator);
  const double warm = 0.1 + 0.06 * normal(generator);
  for (std::int64_t c = 0; c < 3; ++c) {
    for (std::int64_t y = 0; y < kPictureSide; ++y) {
      for (std::int64_t x = 0; x < kPictureSide; ++x) {
        double v = bright + warm * static_cast<double>(1 - c) + 0.02 * normal(generator);
        for (int w = 0; w < 3; ++w) {
          v += contrast * 0.6 *
               std::sin(across[w] * static_cast<double>(x) + down[w] * static_cast<double>(y) +
                        phase[w] + 0.15 * static_cast<double>(c * w));
        }
        const auto at = static_cast<std::size_t>((c * kPictureSide + y) * kPictureSide + x);
        picture.as<float>()[at] = static_cast<float>(std::clamp(v, 0.0, 1.0) * 2.0 - 1.0);
      }
    }
  }
  return picture;
}

inline InputForm PictureForm() {
  Rescaling bytes{.name = "bytes 0 to 255"}, unit{.name = "0 to 1"}, twice{.name = "twice"};
  for (std::size_t c = 0; c < 3; ++c) {
    bytes.scale[c] = bytes.offset[c] = 127.5;
    unit.scale[c] = unit.offset[c] = 0.5;
    twice.scale[c] = 2.0;
    twice.offset[c] = -1.0;
  }
  return {.input = "image",
          .shape = {1, 3, kPictureSide, kPictureSide},
          .channel_order = "RGB",
          .limits = {{-1, 1}, {-1, 1}, {-1, 1}},
          .rescalings = {bytes, unit, twice}};
}

inline InputSchema PictureSchema() {
  SchemaLearner learner(PictureForm());
  for (std::uint32_t i = 0; i < 300; ++i) learner.Add(Picture(i));
  return learner.Learn("waves");
}

// The same values at other places, or others in the same places.
inline Tensor Changed(Tensor picture, double scale, double offset) {
  for (float& v : picture.as<float>()) v = static_cast<float>(v * scale + offset);
  return picture;
}

inline Tensor SwappedChannels(const Tensor& picture) {
  Tensor swapped = picture.Clone();
  const std::size_t plane = picture.as<float>().size() / 3;
  std::ranges::swap_ranges(swapped.as<float>().first(plane), swapped.as<float>().last(plane));
  return swapped;
}

inline Tensor InterleavedChannels(const Tensor& picture) {
  Tensor interleaved = picture.Clone();
  const std::size_t plane = picture.as<float>().size() / 3;
  for (std::size_t i = 0; i < picture.as<float>().size(); ++i)
    interleaved.as<float>()[i] = picture.as<float>()[i % 3 * plane + i / 3];
  return interleaved;
}

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_MONITOR_PICTURE_FIXTURE_H_
