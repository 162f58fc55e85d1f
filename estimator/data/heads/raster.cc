#include "estimator/data/heads/raster.h"

namespace vigil {

void Raster::Draw(const Mesh& mesh, int mesh_id, const std::function<Vec3(Vec3)>& project) {
  std::vector<Vec3> screen;
  screen.reserve(mesh.position.size());
  for (const Vec3& position : mesh.position) screen.push_back(project(position));
  for (std::size_t i = 0; i < mesh.triangles.size(); ++i) {
    const auto& [a, b, c] = mesh.triangles[i];
    Hit hit;
    hit.mesh = mesh_id;
    hit.triangle = static_cast<std::int32_t>(i);
    DrawTriangle(mesh, hit, screen[static_cast<std::size_t>(a)],
                 screen[static_cast<std::size_t>(b)], screen[static_cast<std::size_t>(c)]);
  }
}

void Raster::DrawTriangle(const Mesh& mesh, Hit hit, const Vec3& a, const Vec3& b, const Vec3& c) {
  // Twice the area; negative for counter-clockwise corners, since pixel rows go down.
  const float area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
  if (area == 0.0f || (area > 0.0f && !mesh.two_sided)) return;
  const float inverse = 1.0f / area;
  const int left = std::max(0, static_cast<int>(std::min({a.x, b.x, c.x}) - 0.5f));
  const int right = std::min(width_ - 1, static_cast<int>(std::max({a.x, b.x, c.x})));
  const int top = std::max(0, static_cast<int>(std::min({a.y, b.y, c.y}) - 0.5f));
  const int bottom = std::min(height_ - 1, static_cast<int>(std::max({a.y, b.y, c.y})));
  for (int y = top; y <= bottom; ++y) {
    const float py = static_cast<float>(y) + 0.5f;
    for (int x = left; x <= right; ++x) {
      const float px = static_cast<float>(x) + 0.5f;
      hit.weight_b = ((px - a.x) * (c.y - a.y) - (py - a.y) * (c.x - a.x)) * inverse;
      hit.weight_c = ((b.x - a.x) * (py - a.y) - (b.y - a.y) * (px - a.x)) * inverse;
      const float weight_a = 1.0f - hit.weight_b - hit.weight_c;
      if (hit.weight_b < 0.0f || hit.weight_c < 0.0f || weight_a < 0.0f) continue;
      hit.depth = weight_a * a.z + hit.weight_b * b.z + hit.weight_c * c.z;
      Hit& nearest = hits_[static_cast<std::size_t>(y) * width_ + static_cast<std::size_t>(x)];
      if (hit.depth <= nearest.depth) continue;
      if (Interpolate(hit, mesh, mesh.cover) < 0.0f) continue;
      nearest = hit;
    }
  }
}

}  // namespace vigil
