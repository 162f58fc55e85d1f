#include "estimator/data/heads/mesh.h"

#include <numbers>

namespace vigil {
namespace {

void ComputeNormals(Mesh& mesh, int columns, int rows, bool closed) {
  mesh.normal.assign(mesh.position.size(), Vec3{});
  for (const auto& [a, b, c] : mesh.triangles) {
    const auto at = [&](int i) { return mesh.position[static_cast<std::size_t>(i)]; };
    const Vec3 area = Cross(at(b) - at(a), at(c) - at(a));
    for (const int corner : {a, b, c}) {
      Vec3& normal = mesh.normal[static_cast<std::size_t>(corner)];
      normal = normal + area;
    }
  }
  const auto index = [&](int column, int row) {
    return static_cast<std::size_t>(row * (columns + 1) + column);
  };
  for (int row = 0; closed && row <= rows; ++row) {
    const Vec3 sum = mesh.normal[index(0, row)] + mesh.normal[index(columns, row)];
    mesh.normal[index(0, row)] = mesh.normal[index(columns, row)] = sum;
  }
  for (Vec3& normal : mesh.normal) normal = Normalized(normal);
}

}  // namespace

Mesh MakeGrid(int columns, int rows, bool closed,
              const std::function<SurfacePoint(float u, float v)>& surface) {
  Mesh mesh;
  const auto points = static_cast<std::size_t>(columns + 1) * static_cast<std::size_t>(rows + 1);
  mesh.position.reserve(points);
  mesh.cover.reserve(points);
  for (int row = 0; row <= rows; ++row) {
    for (int column = 0; column <= columns; ++column) {
      const SurfacePoint point = surface(static_cast<float>(column) / static_cast<float>(columns),
                                         static_cast<float>(row) / static_cast<float>(rows));
      mesh.position.push_back(point.position);
      mesh.cover.push_back(point.cover);
    }
  }
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const int a = row * (columns + 1) + column, b = a + 1, c = a + columns + 1, d = c + 1;
      mesh.triangles.push_back({a, b, d});
      mesh.triangles.push_back({a, d, c});
    }
  }
  ComputeNormals(mesh, columns, rows, closed);
  return mesh;
}

Mesh MakeEllipsoid(Vec3 center, Vec3 radii, int columns, int rows) {
  constexpr float kPi = std::numbers::pi_v<float>;
  return MakeGrid(columns, rows, true, [&](float u, float v) {
    const float azimuth = 2.0f * kPi * u - kPi, elevation = kPi * v - kPi / 2;
    const Vec3 direction{std::sin(azimuth) * std::cos(elevation), std::sin(elevation),
                         std::cos(azimuth) * std::cos(elevation)};
    return SurfacePoint{center + direction * radii};
  });
}

Mesh MakeTube(std::span<const Vec3> path, float radius) {
  constexpr float kPi = std::numbers::pi_v<float>;
  constexpr int kSides = 6;
  const int last = static_cast<int>(path.size()) - 1;
  return MakeGrid(kSides, last, true, [&](float u, float v) {
    const int i = static_cast<int>(std::lround(v * static_cast<float>(last)));
    const Vec3 along = path[static_cast<std::size_t>(std::min(i + 1, last))] -
                       path[static_cast<std::size_t>(std::max(i - 1, 0))];
    const Vec3 helper =
        std::abs(along.y) > 0.9f * std::sqrt(Dot(along, along)) ? Vec3{1, 0, 0} : Vec3{0, 1, 0};
    const Vec3 side = Normalized(Cross(helper, along)), other = Normalized(Cross(along, side));
    const float angle = 2.0f * kPi * u;
    return SurfacePoint{path[static_cast<std::size_t>(i)] +
                        (side * std::cos(angle) + other * std::sin(angle)) * radius};
  });
}

}  // namespace vigil
