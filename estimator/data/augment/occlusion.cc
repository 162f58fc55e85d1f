#include "estimator/data/augment/occlusion.h"

#include <numbers>

#include "engine/base/error.h"
#include "estimator/data/heads/head_shape.h"
#include "estimator/data/heads/raster.h"

namespace vigil {
namespace {

// How one object stands: a surface in camera space over the sprite's coordinates.
using Surface = std::function<Vec3(float x, float y)>;

Surface MaskSurface(const HeadView& view, float scale) {
  HeadShape smooth;  // cloth bridges nose and lips
  smooth.nose_length = 0.0f;
  smooth.lips = 0.0f;
  return [=](float x, float y) {
    const float height = std::clamp(-0.44f + y * scale, -0.97f, 0.5f);
    Vec3 p = SkinPoint(smooth, x * std::min(scale, 1.05f), std::asin(height));
    p.z += 0.05f + 0.24f * Bump(x / 0.30f) * Bump((height + 0.24f) / 0.26f);
    p.x *= 1.03f;
    return view.ToCamera(p);
  };
}

Surface GlassesSurface(const HeadView& view, float scale) {
  constexpr float kHinge = 0.60f, kBend = 0.20f;
  const HeadShape shape;
  const Vec3 bridge = FacePoint(shape, 0.0f, shape.eye_y + 0.04f) + Vec3{0.0f, -0.04f, 0.06f};
  return [=](float x, float y) {
    const float along = std::abs(x), back = std::max(0.0f, along - kHinge);
    const float out = std::min(along, kHinge) + 0.16f * back;
    const float bend = kBend * std::min(along, kHinge) * std::min(along, kHinge);
    return view.ToCamera(bridge + Vec3{std::copysign(out, x) * scale, y * scale, -bend - back});
  };
}

// A flat object held before the mouth, turned towards the camera more or less.
Surface HeldSurface(const HeadView& view, OccluderKind kind, float scale, Random& random) {
  const HeadShape shape;
  const bool hand = kind == OccluderKind::kHand;
  const Vec3 mouth = view.ToCamera(FacePoint(shape, 0.0f, shape.mouth_y) + Vec3{0, 0, 0.12f});
  const double lean = hand ? 40.0 : 12.0;
  const Rotation turn =
      PoseRotation(random.UniformFloat(-15.0, 15.0), random.UniformFloat(-25.0, 25.0),
                   random.UniformFloat(-lean, lean));
  const float mirror = static_cast<float>(random.Sign());
  const float drop = hand ? 0.0f : -0.26f;  // one drinks from the rim
  return [=](float x, float y) {
    return mouth + turn(Vec3{mirror * x, y + drop, 0.0f} * scale) + Vec3{0.0f, 0.0f, 0.15f};
  };
}

struct Placed {
  Mesh mesh;             // in camera space
  std::vector<Vec3> uv;  // the sprite's coordinates of each point; z is not used
};

Placed MakePlaced(const Sprite& sprite, const Surface& surface) {
  Placed placed;
  placed.mesh = MakeGrid(28, 12, false, [&](float u, float v) {
    const Vec3 uv{(2.0f * u - 1.0f) * sprite.half_width(), (2.0f * v - 1.0f) * sprite.half_height(),
                  0.0f};
    placed.uv.push_back(uv);
    return SurfacePoint{surface(uv.x, uv.y)};
  });
  return placed;
}

// Mean display value of the middle of the box, 0..1: an object in a dark room is dark.
float MeanLight(const Image& image, const Box& box) {
  constexpr int kSide = 8;
  const Image small = CropAndResize(image, {box.center_x, box.center_y, 0.6f * box.size}, kSide);
  float sum = 0.0f;
  for (const std::uint8_t value : small.rgb) sum += static_cast<float>(value);
  return sum / (255.0f * static_cast<float>(small.rgb.size()));
}

Vec3 DrawTint(OccluderKind kind, Random& random) {
  if (kind == OccluderKind::kHand)
    return Lerp({0.97f, 0.80f, 0.70f}, {0.36f, 0.24f, 0.18f}, random.UniformFloat(0.0, 1.0));
  if (kind == OccluderKind::kGlasses && random.Chance(0.6)) return {0.12f, 0.11f, 0.11f};
  const double value = random.Uniform(0.25, 1.0), spread = random.Uniform(0.0, 0.65);
  const auto channel = [&] {
    return static_cast<float>(value * (1.0 - spread * random.Uniform()));
  };
  const float red = channel(), green = channel(), blue = channel();
  return {red, green, blue};
}

struct Style {
  Vec3 tint, light_direction;
  float light = 1.0f, grain = 0.0f;  // grain in display values of 0..255
};

Style DrawStyle(OccluderKind kind, const Image& image, const Box& box, Random& random) {
  Style style;
  style.tint = DrawTint(kind, random);
  style.light =
      std::clamp(MeanLight(image, box) / 0.48f, 0.35f, 1.15f) * random.UniformFloat(0.8, 1.15);
  style.light_direction = Normalized({random.UniformFloat(-0.8, 0.8), random.UniformFloat(0.0, 1.0),
                                      random.UniformFloat(0.5, 1.0)});
  style.grain = random.UniformFloat(1.0, 9.0);
  return style;
}

void Blend(Image& image, const Raster& raster, const Placed& placed, const Sprite& sprite,
           const Style& style, Random& random) {
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const Raster::Hit& hit = raster.at(x, y);
      if (hit.mesh < 0) continue;
      const Vec3 uv = Interpolate(hit, placed.mesh, placed.uv);
      const Ink ink = sprite.At(uv.x, uv.y);
      if (ink.alpha <= 0.0f) continue;
      const Vec3 normal = Normalized(Interpolate(hit, placed.mesh, placed.mesh.normal));
      const float facing = std::max(0.0f, Dot(normal, style.light_direction));
      const float light = 255.0f * style.light * (0.62f + 0.42f * facing);
      const Vec3 color = Lerp(ink.color, ink.color * style.tint, ink.tint / ink.alpha) * light;
      const float grain = style.grain * ink.alpha * random.UniformFloat(-1.0, 1.0);
      std::uint8_t* pixel =
          image.rgb.data() +
          (static_cast<std::size_t>(y) * image.width + static_cast<std::size_t>(x)) * 3;
      const auto mix = [&](std::uint8_t& under, float over) {
        const float value = static_cast<float>(under) * (1.0f - ink.alpha) + over + grain + 0.5f;
        under = static_cast<std::uint8_t>(std::clamp(value, 0.0f, 255.0f));
      };
      mix(pixel[0], color.x);
      mix(pixel[1], color.y);
      mix(pixel[2], color.z);
    }
  }
}

}  // namespace

void Occlusion::Apply(Image& image, const Box& box, const Truth& pose,
                      const AugmentSeverity& severity, Random& random) const {
  ApplyObject(random.Below(count()), image, box, pose, severity, random);
}

void Occlusion::ApplyObject(int object, Image& image, const Box& box, const Truth& pose,
                            const AugmentSeverity& severity, Random& random) const {
  VIGIL_CHECK(object >= 0 && object < count());
  const Occluder& occluder = at(object);
  const float scale =
      random.UniformFloat(severity.occluder_scale.low, severity.occluder_scale.high);
  const double offset =
      random.Uniform(severity.occluder_offset.low, severity.occluder_offset.high) * box.size;
  const double angle = random.Uniform(0.0, 2.0 * std::numbers::pi);
  const Box beside{box.center_x + static_cast<float>(offset * std::cos(angle)),
                   box.center_y + static_cast<float>(offset * std::sin(angle)), box.size};
  const HeadView view = CanonicalView(beside, pose);
  const Surface surface = occluder.kind == OccluderKind::kMask ? MaskSurface(view, scale)
                          : occluder.kind == OccluderKind::kGlasses
                              ? GlassesSurface(view, scale)
                              : HeldSurface(view, occluder.kind, scale, random);
  Placed placed = MakePlaced(occluder.sprite, surface);
  placed.mesh.two_sided =
      occluder.kind == OccluderKind::kMug || occluder.kind == OccluderKind::kHand;
  const Style style = DrawStyle(occluder.kind, image, box, random);
  Raster raster(image.width, image.height);
  raster.Draw(placed.mesh, 0, [&](Vec3 p) { return view.ProjectCamera(p); });
  Blend(image, raster, placed, occluder.sprite, style, random);
}

}  // namespace vigil
