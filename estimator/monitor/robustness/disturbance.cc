#include "estimator/monitor/robustness/disturbance.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/tensor/encoding.h"
#include "estimator/verdict/distributions.h"

namespace vigil {
namespace {

// Normal numbers by table, some nanoseconds each: a record wants half a million of them.
constexpr int kNormalBits = 12;
constexpr std::size_t kNormals = std::size_t{1} << kNormalBits;
constexpr int kNormalsADraw = 64 / kNormalBits;

const std::array<float, kNormals>& NormalTable() {
  static const std::array<float, kNormals> table = [] {
    std::array<float, kNormals> quantiles{};
    for (std::size_t i = 0; i < kNormals; ++i)
      quantiles[i] = static_cast<float>(
          NormalQuantile((static_cast<double>(i) + 0.5) / static_cast<double>(kNormals)));
    return quantiles;
  }();
  return table;
}

double Unit(std::mt19937_64& bits) { return static_cast<double>(bits() >> 11) * 0x1p-53; }

void AddNoise(double deviation, std::span<const float> in, std::mt19937_64& bits,
              std::span<float> out) {
  const auto& normal = NormalTable();
  const auto factor = static_cast<float>(deviation);
  for (std::size_t i = 0; i < in.size();) {
    std::uint64_t drawn = bits();
    for (int n = 0; n < kNormalsADraw && i < in.size(); ++n, ++i, drawn >>= kNormalBits)
      out[i] = in[i] + factor * normal[drawn & (kNormals - 1)];
  }
}

void Drop(double share, std::span<const float> in, std::mt19937_64& bits, std::span<float> out) {
  const auto below = static_cast<std::uint64_t>(share * 65536.0);
  const auto grown = static_cast<float>(1.0 / (1.0 - std::min(share, 0.99)));
  for (std::size_t i = 0; i < in.size();) {
    std::uint64_t drawn = bits();
    for (int n = 0; n < 4 && i < in.size(); ++n, ++i, drawn >>= 16)
      out[i] = (drawn & 65535) < below ? 0.0f : grown * in[i];
  }
}

void Quantise(double step, double low, double phase, std::span<const float> in,
              std::span<float> out) {
  if (step <= 0.0) {
    std::ranges::copy(in, out.begin());
    return;
  }
  const auto unit = static_cast<float>(step), inverse = static_cast<float>(1.0 / step);
  const auto begin = static_cast<float>(low - phase * step);
  for (std::size_t i = 0; i < in.size(); ++i)
    out[i] = begin + unit * std::nearbyint((in[i] - begin) * inverse);
}

}  // namespace

std::string_view DisturbanceName(DisturbanceKind kind) {
  constexpr std::array<std::string_view, kDisturbanceKinds> kNames = {"gaussian", "dropout",
                                                                      "quantisation", "worst"};
  return kNames[static_cast<std::size_t>(kind)];
}

FeatureScale::FeatureScale(ConstTensorView tap) {
  const auto channels = static_cast<std::size_t>(ChannelsOf(tap.desc.shape));
  const std::span<const float> values = tap.as<float>();
  plane_ = values.size() / channels;
  double squares = 0.0;
  for (std::size_t c = 0; c < channels; ++c) {
    const auto part = values.subspan(c * plane_, plane_);
    double sum = 0.0, square = 0.0;
    for (const float value : part) sum += value;
    const double mean = sum / static_cast<double>(plane_);
    for (const float value : part) square += (value - mean) * (value - mean);
    const auto [low, high] = std::ranges::minmax(part);
    deviation_.push_back(std::sqrt(square / static_cast<double>(plane_)));
    range_.push_back(static_cast<double>(high) - low);
    low_.push_back(low);
    squares += square;
  }
  norm_ = std::sqrt(squares);
}

void Disturb(const Disturbance& disturbance, const FeatureScale& scale,
             std::span<const float> features, std::mt19937_64& bits, std::span<float> disturbed) {
  VIGIL_CHECK(disturbance.kind != DisturbanceKind::kWorst);
  VIGIL_CHECK(features.size() == scale.channels() * scale.plane() &&
              disturbed.size() == features.size());
  if (disturbance.kind == DisturbanceKind::kDropout)
    return Drop(disturbance.size, features, bits, disturbed);
  for (std::size_t c = 0; c < scale.channels(); ++c) {
    const auto in = features.subspan(c * scale.plane(), scale.plane());
    const auto out = disturbed.subspan(c * scale.plane(), scale.plane());
    if (disturbance.kind == DisturbanceKind::kGaussian) {
      AddNoise(disturbance.size * scale.deviation(c), in, bits, out);
    } else {
      Quantise(disturbance.size * scale.range(c), scale.low(c), Unit(bits), in, out);
    }
  }
}

std::size_t DirectionSize(const FeatureScale& scale) {
  return scale.channels() == 1 ? scale.plane() : scale.channels();
}

void Shift(double size, std::span<const double> direction, const FeatureScale& scale,
           std::span<const float> features, std::span<float> shifted) {
  VIGIL_CHECK(direction.size() == DirectionSize(scale));
  const std::size_t stride = scale.channels() == 1 ? 1 : scale.plane();
  for (std::size_t d = 0; d < direction.size(); ++d) {
    const double deviation = scale.deviation(scale.channels() == 1 ? 0 : d);
    const auto shift = static_cast<float>(size * deviation * direction[d]);
    for (std::size_t i = d * stride; i < (d + 1) * stride; ++i) shifted[i] = features[i] + shift;
  }
}

}  // namespace vigil
