// This stands on T's path, so its loops are of a fixed length over an accumulator for each place,
// which compilers make vectors of.
#include "estimator/service/input_statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/tensor/encoding.h"

namespace vigil {
namespace {

constexpr std::size_t kMaxChannels = 7;
constexpr std::size_t kTile = 240;  // places; a multiple of 1, 2, 3, 4, 5 and 6 channels

template <typename T, typename Sum>
struct Places {
  std::array<Sum, kTile> sum{}, squares{};
  std::array<T, kTile> low, high;
  Places() {
    low.fill(std::numeric_limits<T>::max());
    high.fill(std::numeric_limits<T>::lowest());
  }
};

// `count` values, the first at place 0. Reads four tiles for each time that it goes over the
// places.
template <typename T, typename Sum>
[[gnu::always_inline]] inline void AddTiles(const T* x, std::size_t count, Places<T, Sum>& places) {
  const auto add = [](T v, Sum& sum, Sum& squares, T& low, T& high) {
    const Sum wide = static_cast<Sum>(v);
    sum += wide;
    squares += wide * wide;
    low = v < low ? v : low;
    high = v > high ? v : high;
  };
  for (; count >= 4 * kTile; count -= 4 * kTile, x += 4 * kTile) {
    for (std::size_t i = 0; i < kTile; ++i) {
      Sum sum = places.sum[i], squares = places.squares[i];
      T low = places.low[i], high = places.high[i];
      add(x[i], sum, squares, low, high);
      add(x[i + kTile], sum, squares, low, high);
      add(x[i + 2 * kTile], sum, squares, low, high);
      add(x[i + 3 * kTile], sum, squares, low, high);
      places.sum[i] = sum;
      places.squares[i] = squares;
      places.low[i] = low;
      places.high[i] = high;
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = i % kTile;
    add(x[i], places.sum[at], places.squares[at], places.low[at], places.high[at]);
  }
}

using FloatPlaces = Places<float, double>;
using BytePlaces = Places<std::uint8_t, std::uint32_t>;

#if defined(__x86_64__)
[[gnu::target("avx2")]] void AddAvx2(const float* x, std::size_t count, FloatPlaces& places) {
  AddTiles(x, count, places);
}
[[gnu::target("avx2")]] void AddAvx2(const std::uint8_t* x, std::size_t count, BytePlaces& places) {
  AddTiles(x, count, places);
}
#endif

template <typename T, typename Sum>
void Add(const T* x, std::size_t count, Places<T, Sum>& places) {
#if defined(__x86_64__)
  static const bool avx2 = __builtin_cpu_supports("avx2");
  if (avx2) {
    AddAvx2(x, count, places);
    return;
  }
#endif
  AddTiles(x, count, places);
}

struct Tally {
  double sum = 0.0, squares = 0.0;  // of one channel
  std::size_t count = 0;
};

struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -low;
};

// Place i is of channel i % tallies.size().
template <typename T, typename Sum>
void Gather(const Places<T, Sum>& places, std::span<Tally> tallies, Range& range) {
  for (std::size_t i = 0; i < kTile; ++i) {
    Tally& tally = tallies[i % tallies.size()];
    tally.sum += static_cast<double>(places.sum[i]);
    tally.squares += static_cast<double>(places.squares[i]);
  }
  range.low = std::min(range.low, static_cast<double>(std::ranges::min(places.low)));
  range.high = std::max(range.high, static_cast<double>(std::ranges::max(places.high)));
}

std::vector<float> Statistics(std::span<const Tally> tallies, const Range& range, double unit) {
  std::vector<float> statistics;
  statistics.reserve(2 * kMaxChannels + 2);
  for (const Tally& tally : tallies.first(std::min(tallies.size(), kMaxChannels))) {
    const double count = static_cast<double>(tally.count);
    const double mean = tally.sum * unit / count;
    const double variance = tally.squares * unit * unit / count - mean * mean;
    statistics.push_back(static_cast<float>(mean));
    statistics.push_back(static_cast<float>(std::sqrt(std::max(variance, 0.0))));
  }
  statistics.push_back(static_cast<float>(range.low * unit));
  statistics.push_back(static_cast<float>(range.high * unit));
  return statistics;
}

// Channels one after the other.
std::vector<float> OfPlanes(std::span<const float> values, std::size_t channels) {
  const std::size_t each = values.size() / channels;
  std::array<Tally, kMaxChannels> tallies;
  Range range;
  for (std::size_t c = 0; c < channels; ++c) {
    FloatPlaces places;
    Add(values.data() + c * each, each, places);
    Tally beyond, &tally = c < kMaxChannels ? tallies[c] : beyond;
    tally.count = each;
    Gather(places, std::span(&tally, 1), range);
  }
  return Statistics(std::span(tallies).first(std::min(channels, kMaxChannels)), range, 1.0);
}

// Pixels one after the other.
std::vector<float> OfPixels(std::span<const std::uint8_t> values, std::size_t channels) {
  std::vector<Tally> tallies(channels);
  for (Tally& tally : tallies) tally.count = values.size() / channels;
  Range range;
  if (kTile % channels == 0) {
    constexpr std::size_t kMost = kTile * 65536;  // of squares of bytes that 32 bits can add up
    for (std::size_t first = 0; first < values.size(); first += kMost) {
      BytePlaces places;
      Add(values.data() + first, std::min(kMost, values.size() - first), places);
      Gather(places, tallies, range);
    }
  } else {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double v = values[i];
      tallies[i % channels].sum += v;
      tallies[i % channels].squares += v * v;
      range = {std::min(range.low, v), std::max(range.high, v)};
    }
  }
  return Statistics(tallies, range, 1.0 / 255.0);
}

}  // namespace

std::vector<float> InputStatistics(ConstTensorView input) {
  const Shape& shape = input.desc.shape;
  if (shape.elements() == 0) return {};
  if (input.desc.dtype == DType::kFloat32) {
    return OfPlanes(input.as<float>(), static_cast<std::size_t>(ChannelsOf(shape)));
  }
  if (input.desc.dtype == DType::kUInt8 && shape.rank() == 4) {
    return OfPixels(input.as<std::uint8_t>(), static_cast<std::size_t>(shape[3]));
  }
  return {};
}

}  // namespace vigil
