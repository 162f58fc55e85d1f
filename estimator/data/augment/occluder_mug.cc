#include "estimator/data/augment/occluders.h"

namespace vigil {
namespace {

constexpr float kTop = 0.34f, kBottom = -0.42f;
constexpr Vec3 kWhite{0.94f, 0.94f, 0.92f};

// A wall of a cylinder: bright towards the left, dark at the edges.
float Round(float x, float half_width) {
  const float across = std::clamp(x / half_width, -1.0f, 1.0f);
  return 0.50f + 0.45f * std::sqrt(1.0f - across * across) + 0.14f * Bump((across + 0.4f) / 0.22f);
}

void PaintHandle(Sprite& sprite, float half_width) {
  const auto ring = [=](float x, float y) {
    const float dx = x - half_width, dy = y + 0.04f;
    return std::abs(std::hypot(dx, dy * 0.85f) - 0.17f) - 0.042f;
  };
  sprite.Fill(ring, [](float x, float y) {
    return Ink{kWhite * (0.62f + 0.5f * (y + 0.2f) - 0.1f * x), 1.0f};
  });
}

// How much of the wall has the colour of the day.
float Pattern(int design, float x, float y) {
  switch (design) {
    case 1:  // bands
      return SmoothStep(-0.15f, 0.15f, std::sin(y * 34.0f));
    case 2: {  // dots
      const float cell_x = (x / 0.16f - std::floor(x / 0.16f) - 0.5f) * 0.16f;
      const float cell_y = (y / 0.16f - std::floor(y / 0.16f) - 0.5f) * 0.16f;
      return SmoothStep(0.055f, 0.045f, std::hypot(cell_x, cell_y));
    }
    case 3:  // the sleeve of a paper cup
      return SmoothStep(0.015f, -0.015f, std::abs(y + 0.04f) - 0.17f);
    default:
      return 1.0f;
  }
}

}  // namespace

Occluder PaintMug(int design) {
  constexpr const char* kNames[kMugDesigns] = {"plain mug", "banded mug", "dotted mug",
                                               "paper cup"};
  const bool paper = design == 3;
  Occluder mug{OccluderKind::kMug, kNames[design], Sprite(0.62f, 0.56f)};
  const auto half_width = [=](float y) {
    return paper ? 0.23f + 0.10f * (y - kBottom) / (kTop - kBottom) : 0.31f;
  };
  if (!paper) PaintHandle(mug.sprite, half_width(0.0f));
  const auto wall = [=](float x, float y) {
    const float middle = (kTop + kBottom) / 2;
    return BoxDistance(x, y - middle, half_width(y), (kTop - kBottom) / 2, paper ? 0.02f : 0.06f);
  };
  mug.sprite.Fill(wall, [=](float x, float y) {
    return Ink{kWhite * Round(x, half_width(y)), Pattern(design, x, y)};
  });
  const float rim = half_width(kTop);
  if (paper) {
    mug.sprite.Fill(
        [=](float x, float y) { return BoxDistance(x, y - kTop, rim + 0.02f, 0.05f, 0.03f); },
        [=](float x, float) {
          return Ink{Vec3{0.25f, 0.22f, 0.21f} * Round(x, rim)};
        });
    return mug;
  }
  mug.sprite.Fill([=](float x, float y) { return EllipseDistance(x, y - kTop, rim, 0.075f); },
                  [=](float x, float) {
                    return Ink{kWhite * Round(x, rim), 1.0f};
                  });
  mug.sprite.Fill(
      [=](float x, float y) { return EllipseDistance(x, y - kTop, 0.9f * rim, 0.055f); },
      [](float, float y) {
        return Ink{Vec3{0.30f, 0.22f, 0.16f} * (0.6f + 3.0f * (y - kTop + 0.06f))};
      });
  return mug;
}

}  // namespace vigil
