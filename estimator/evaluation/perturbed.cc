#include "estimator/evaluation/perturbed.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/data/random.h"

namespace vigil {
namespace {

constexpr std::uint64_t kStream = 555;

std::uint8_t ToByte(double value) {
  return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0l, 255l));
}

void AddNoise(Image& image, double deviation, Random& random) {
  for (std::uint8_t& value : image.rgb) value = ToByte(value + deviation * random.Normal());
}

void CastColour(Image& image, const std::array<double, 3>& factor) {
  for (std::size_t i = 0; i < image.rgb.size(); ++i)
    image.rgb[i] = ToByte(image.rgb[i] * factor[i % 3]);
}

}  // namespace

const char* PerturbationName(Perturbation perturbation) {
  switch (perturbation) {
    case Perturbation::kNoise:
      return "Gaussian noise";
    case Perturbation::kBlocks:
      return "blocks";
    case Perturbation::kColourCast:
      return "colour cast";
  }
  return "";
}

void BlendBlocks(Image& image, int block, double strength) {
  VIGIL_CHECK(block > 0);
  for (int top = 0; top < image.height; top += block) {
    for (int left = 0; left < image.width; left += block) {
      const int bottom = std::min(top + block, image.height);
      const int right = std::min(left + block, image.width);
      const auto at = [&](int x, int y, int c) -> std::uint8_t& {
        return image.rgb[(static_cast<std::size_t>(y) * image.width + x) * 3 + c];
      };
      for (int c = 0; c < 3; ++c) {
        double sum = 0.0;
        for (int y = top; y < bottom; ++y)
          for (int x = left; x < right; ++x) sum += at(x, y, c);
        const double mean = sum / ((bottom - top) * (right - left));
        for (int y = top; y < bottom; ++y)
          for (int x = left; x < right; ++x)
            at(x, y, c) = ToByte(std::lerp(static_cast<double>(at(x, y, c)), mean, strength));
      }
    }
  }
}

PerturbedDataset::PerturbedDataset(std::shared_ptr<const Dataset> base, Perturbation perturbation,
                                   double share, std::uint64_t seed)
    : base_(std::move(base)), perturbation_(perturbation), share_(share), seed_(seed) {}

std::string PerturbedDataset::name() const {
  return Text(base_->name(), ", ", PerturbationName(perturbation_), " on ",
              std::lround(share_ * 100.0), " %");
}

Sample PerturbedDataset::Get(std::int64_t index) const {
  Sample sample = base_->Get(index);
  Random random({seed_, static_cast<std::uint64_t>(index), kStream});
  if (!random.Chance(share_)) return sample;
  switch (perturbation_) {
    case Perturbation::kNoise:
      AddNoise(sample.image, random.Uniform(10.0, 45.0), random);
      break;
    case Perturbation::kBlocks:
      BlendBlocks(sample.image, std::max(1, sample.image.width / 8), random.Uniform(0.5, 0.95));
      break;
    case Perturbation::kColourCast:
      CastColour(sample.image,
                 {random.Uniform(0.4, 1.4), random.Uniform(0.4, 1.4), random.Uniform(0.4, 1.4)});
      break;
  }
  return sample;
}

}  // namespace vigil
