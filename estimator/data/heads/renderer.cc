#include "estimator/data/heads/renderer.h"

#include "engine/base/error.h"
#include "estimator/data/heads/background.h"
#include "estimator/data/heads/head_parts.h"
#include "estimator/data/heads/material.h"
#include "estimator/data/heads/raster.h"

namespace vigil {
namespace {

using Canvas = std::vector<Vec3>;

// Lambert's cosine, reaching a little round the edge as it does in skin.
Vec3 Shade(const Surface& surface, Vec3 normal, const HeadLight& light, Vec3 half_way) {
  constexpr float kWrap = 0.25f;
  const float cosine = (Dot(normal, light.direction) + kWrap) / (1.0f + kWrap);
  const float up = 0.5f + 0.5f * normal.y;
  const Vec3 arriving = light.key * std::max(0.0f, cosine) + Lerp(light.ground, light.sky, up);
  const float toward = Dot(normal, half_way);
  // Below this cosine the highlight does not show.
  const float highlight =
      toward > 0.65f ? surface.gloss * std::pow(toward, surface.sharpness) : 0.0f;
  // Grazing surfaces gather less of the surroundings.
  const float occlusion = 0.72f + 0.28f * std::clamp(normal.z, 0.0f, 1.0f);
  return surface.albedo * arriving * occlusion + light.key * highlight * 0.6f;
}

void ShadePixels(const HeadScene& scene, const std::vector<HeadPart>& parts, const Raster& raster,
                 const Rotation& head, const Rotation& body, Canvas& canvas) {
  const Vec3 half_way = Normalized(scene.light.direction + Vec3{0.0f, 0.0f, 1.0f});
  for (int y = 0; y < raster.height(); ++y) {
    for (int x = 0; x < raster.width(); ++x) {
      const Raster::Hit& hit = raster.at(x, y);
      if (hit.mesh < 0) continue;
      const HeadPart& part = parts[static_cast<std::size_t>(hit.mesh)];
      const Vec3 point = Interpolate(hit, part.mesh, part.mesh.position);
      Vec3 normal = Normalized(
          (part.FollowsHead() ? head : body)(Interpolate(hit, part.mesh, part.mesh.normal)));
      if (part.mesh.two_sided && normal.z < 0.0f) normal = normal * -1.0f;
      canvas[static_cast<std::size_t>(y) * raster.width() + static_cast<std::size_t>(x)] = Shade(
          SurfaceAt(scene.shape, scene.look, part.kind, point), normal, scene.light, half_way);
    }
  }
}

// The lens spreads a point over its neighbours (1 2 1 in both directions), which also takes the
// steps from the outlines.
void SpreadPoints(Canvas& canvas, int side) {
  const auto width = static_cast<std::size_t>(side);
  Canvas above(canvas.begin(), canvas.begin() + side);  // the row above, as it was
  for (std::size_t y = 0; y < width; ++y) {
    Vec3* row = canvas.data() + y * width;
    const Vec3* below = y + 1 < width ? row + width : row;
    for (std::size_t x = 0; x < width; ++x) {
      const Vec3 here = row[x];
      row[x] = (above[x] + here * 2.0f + below[x]) * 0.25f;
      above[x] = here;
    }
    Vec3 before = row[0];
    for (std::size_t x = 0; x < width; ++x) {
      const Vec3 here = row[x];
      row[x] = (before + here * 2.0f + row[std::min(x + 1, width - 1)]) * 0.25f;
      before = here;
    }
  }
}

// Display values with noise; the sum of two uniform bytes is near enough to a bell.
Image Develop(const Canvas& canvas, int side, float exposure, float noise, Random& random) {
  Image image = Image::Make(side, side);
  const float amplitude = noise * 255.0f / 104.5f;  // standard deviation of that sum
  for (std::size_t i = 0; i < canvas.size(); ++i) {
    const Vec3 light = canvas[i] * exposure;
    const std::uint64_t bits = random.Next();
    const auto grain = [&](int channel) {
      const std::uint64_t two = bits >> (channel * 16);
      return static_cast<float>(static_cast<int>(two & 255) + static_cast<int>(two >> 8 & 255) -
                                255) *
             amplitude;
    };
    const auto display = [&](float value, int channel) {
      const float shown = 255.0f * std::sqrt(std::max(0.0f, value)) + grain(channel) + 0.5f;
      return static_cast<std::uint8_t>(std::clamp(shown, 0.0f, 255.0f));
    };
    image.rgb[i * 3] = display(light.x, 0);
    image.rgb[i * 3 + 1] = display(light.y, 1);
    image.rgb[i * 3 + 2] = display(light.z, 2);
  }
  return image;
}

}  // namespace

RenderedHead RenderHead(const HeadScene& scene, int side) {
  VIGIL_CHECK(side > 0);
  const float pixels = static_cast<float>(side);
  const auto view_of = [&](const Rotation& rotation) {
    return HeadView(rotation, scene.center_x * pixels, scene.center_y * pixels,
                    scene.scale * pixels);
  };
  const HeadView head = view_of(PoseRotation(scene.pose.pitch, scene.pose.yaw, scene.pose.roll));
  const HeadView body = view_of(PoseRotation(0.0f, scene.body_yaw, scene.body_roll));

  const std::vector<HeadPart> parts = BuildHeadParts(scene.shape, scene.look);
  Raster raster(side, side);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const HeadView& view = parts[i].FollowsHead() ? head : body;
    raster.Draw(parts[i].mesh, static_cast<int>(i), [&](Vec3 p) { return view.Project(p); });
  }
  Random random({scene.seed});
  Canvas canvas = PaintBackground(side, random);
  ShadePixels(scene, parts, raster, head.rotation(), body.rotation(), canvas);
  SpreadPoints(canvas, side);

  const Landmarks points = FaceLandmarks(scene.shape);
  return {.image = Develop(canvas, side, scene.exposure, scene.noise, random),
          .box = FaceBox(scene.shape, head),
          .landmarks = {head.Project(points.left_eye), head.Project(points.right_eye),
                        head.Project(points.nose), head.Project(points.mouth),
                        head.Project(points.chin)}};
}

}  // namespace vigil
