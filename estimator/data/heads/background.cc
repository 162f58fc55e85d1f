#include "estimator/data/heads/background.h"

#include <functional>

#include "estimator/data/heads/appearance.h"
#include "estimator/data/heads/noise.h"

namespace vigil {
namespace {

// Colour of a point of the unit square, y down.
using Picture = std::function<Vec3(float x, float y)>;

Vec3 DrawColor(Random& random) {
  const double value = random.Uniform(30.0, 240.0), tint = random.Uniform(0.0, 0.55);
  const auto channel = [&] { return static_cast<float>(value * (1.0 - tint * random.Uniform())); };
  const float red = channel(), green = channel(), blue = channel();
  return DisplayColor(red, green, blue);
}

Picture Gradient(Random& random) {
  const Vec3 first = DrawColor(random), second = DrawColor(random);
  const float angle = random.UniformFloat(0.0, 6.283);
  const float dx = std::cos(angle), dy = std::sin(angle);
  const auto seed = static_cast<std::uint32_t>(random.Next());
  return [=](float x, float y) {
    const float t = 0.5f + (x - 0.5f) * dx + (y - 0.5f) * dy;
    return Lerp(first, second, std::clamp(t, 0.0f, 1.0f)) *
           (0.9f + 0.2f * ValueNoise({x * 5.0f, y * 5.0f, 0.0f}, seed));
  };
}

struct Patch {
  float x, y, half_width, half_height, soft;
  bool round;
  Vec3 color;
};

// Pictures, shelves and windows on a wall; or lamps.
Picture Patches(Picture wall, bool round, Random& random) {
  std::vector<Patch> patches(static_cast<std::size_t>(3 + random.Below(round ? 12 : 6)));
  for (Patch& patch : patches) {
    patch.x = random.UniformFloat(0.0, 1.0);
    patch.y = random.UniformFloat(0.0, 1.0);
    patch.half_width = random.UniformFloat(0.03, round ? 0.12 : 0.30);
    patch.half_height = round ? patch.half_width : random.UniformFloat(0.03, 0.30);
    patch.soft = random.UniformFloat(0.004, 0.03);
    patch.round = round;
    patch.color = DrawColor(random);
  }
  return [wall = std::move(wall), patches = std::move(patches)](float x, float y) {
    Vec3 color = wall(x, y);
    for (const Patch& p : patches) {
      const float dx = std::abs(x - p.x), dy = std::abs(y - p.y);
      const float outside = p.round ? std::hypot(dx, dy) - p.half_width
                                    : std::max(dx - p.half_width, dy - p.half_height);
      if (outside < p.soft)
        color = Lerp(color, p.color, 0.85f * SmoothStep(p.soft, -p.soft, outside));
    }
    return color;
  };
}

Picture Foliage(Random& random) {
  const Vec3 first = DrawColor(random), second = DrawColor(random);
  const auto seed = static_cast<std::uint32_t>(random.Next());
  const float grain = random.UniformFloat(5.0, 14.0);
  return [=](float x, float y) {
    const float coarse = ValueNoise({x * grain, y * grain, 0.0f}, seed);
    const float fine = ValueNoise({x * grain * 3.1f, y * grain * 3.1f, 9.0f}, seed);
    return Lerp(first, second, SmoothStep(0.25f, 0.75f, 0.65f * coarse + 0.35f * fine));
  };
}

Picture Stripes(Random& random) {
  const Vec3 first = DrawColor(random), second = DrawColor(random);
  const float angle = random.Chance(0.7) ? 0.0f : random.UniformFloat(0.0, 3.14);
  const float frequency = random.UniformFloat(15.0, 70.0), depth = random.UniformFloat(0.15, 0.9);
  const float dx = std::cos(angle) * frequency, dy = std::sin(angle) * frequency;
  return [=](float x, float y) {
    return Lerp(first, second, depth * (0.5f + 0.5f * std::sin(x * dx + y * dy)));
  };
}

Picture DrawPicture(Random& random) {
  switch (random.Below(6)) {
    case 0:
      return Gradient(random);
    case 1:
      return Patches(Gradient(random), true, random);
    case 2:
      return Foliage(random);
    case 3:
      return Stripes(random);
    default:
      return Patches(Gradient(random), false, random);
  }
}

}  // namespace

std::vector<Vec3> PaintBackground(int side, Random& random) {
  const Picture picture = DrawPicture(random);
  const int half = side / 2 + 2;
  std::vector<Vec3> small;
  small.reserve(static_cast<std::size_t>(half) * half);
  const float step = 2.0f / static_cast<float>(side);
  for (int y = 0; y < half; ++y)
    for (int x = 0; x < half; ++x)
      small.push_back(picture(static_cast<float>(x) * step, static_cast<float>(y) * step));

  std::vector<Vec3> out;
  out.reserve(static_cast<std::size_t>(side) * side);
  for (int y = 0; y < side; ++y) {
    const Vec3* low = small.data() + static_cast<std::size_t>(y / 2) * half;
    const Vec3* high = low + half;
    const float down = (y % 2) ? 0.5f : 0.0f;
    for (int x = 0; x < side; ++x) {
      const int i = x / 2;
      const float right = (x % 2) ? 0.5f : 0.0f;
      out.push_back(Lerp(Lerp(low[i], low[i + 1], right), Lerp(high[i], high[i + 1], right), down));
    }
  }
  return out;
}

}  // namespace vigil
