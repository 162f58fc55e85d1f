// A small software rasteriser: which triangle is nearest at each pixel, and where in it.
#ifndef VIGIL_ESTIMATOR_DATA_HEADS_RASTER_H_
#define VIGIL_ESTIMATOR_DATA_HEADS_RASTER_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "estimator/data/heads/mesh.h"

namespace vigil {

// A visibility buffer: shading is done once a visible pixel, whatever the depth complexity.
class Raster {
 public:
  struct Hit {
    float depth = -std::numeric_limits<float>::infinity();  // z towards the viewer
    std::int32_t mesh = -1;                                 // -1: nothing but background
    std::int32_t triangle = 0;
    float weight_b = 0.0f, weight_c = 0.0f;  // barycentric; the first corner has the rest
  };

  Raster(int width, int height)
      : width_(width), height_(height), hits_(static_cast<std::size_t>(width) * height) {}

  // `project` maps a point of the mesh to (pixel x, pixel y, z towards the viewer); pixel centers
  // are at .5. Triangles that face away are left out unless the mesh is two-sided.
  void Draw(const Mesh& mesh, int mesh_id, const std::function<Vec3(Vec3)>& project);

  int width() const { return width_; }
  int height() const { return height_; }
  const Hit& at(int x, int y) const {
    return hits_[static_cast<std::size_t>(y) * width_ + static_cast<std::size_t>(x)];
  }

 private:
  void DrawTriangle(const Mesh& mesh, Hit hit, const Vec3& a, const Vec3& b, const Vec3& c);

  int width_, height_;
  std::vector<Hit> hits_;
};

// A value at the corners of the hit triangle, interpolated.
template <typename T>
T Interpolate(const Raster::Hit& hit, const Mesh& mesh, const std::vector<T>& values) {
  const auto& [a, b, c] = mesh.triangles[static_cast<std::size_t>(hit.triangle)];
  return values[static_cast<std::size_t>(a)] * (1.0f - hit.weight_b - hit.weight_c) +
         values[static_cast<std::size_t>(b)] * hit.weight_b +
         values[static_cast<std::size_t>(c)] * hit.weight_c;
}

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_HEADS_RASTER_H_
