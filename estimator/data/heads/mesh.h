// Triangle meshes of the rendered heads.
#ifndef VIGIL_ESTIMATOR_DATA_HEADS_MESH_H_
#define VIGIL_ESTIMATOR_DATA_HEADS_MESH_H_

#include <array>
#include <functional>
#include <span>
#include <vector>

#include "estimator/data/heads/vector.h"

namespace vigil {

// Positions and unit normals are in the space of the part; cover is negative where a pixel of the
// triangle is to be left out (the skin below the hairline of a hair mesh).
struct Mesh {
  std::vector<Vec3> position, normal;
  std::vector<float> cover;
  std::vector<std::array<int, 3>> triangles;  // counter-clockwise seen from outside
  bool two_sided = false;
};

struct SurfacePoint {
  Vec3 position;
  float cover = 1.0f;
};

// A grid of (columns + 1) x (rows + 1) points of a surface given over [0, 1] x [0, 1], u to the
// right and v up as seen from outside. Where the surface closes in u, `closed` makes the seam's
// normals one.
Mesh MakeGrid(int columns, int rows, bool closed,
              const std::function<SurfacePoint(float u, float v)>& surface);

Mesh MakeEllipsoid(Vec3 center, Vec3 radii, int columns, int rows);

// A tube about a polyline.
Mesh MakeTube(std::span<const Vec3> path, float radius);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_HEADS_MESH_H_
