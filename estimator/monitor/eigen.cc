#include "estimator/monitor/eigen.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr int kSweeps = 60;  // a dozen are enough for any matrix in practice

// Sums of squares off and on the diagonal.
std::pair<double, double> Squares(const std::vector<double>& matrix, std::size_t size) {
  double off = 0.0, on = 0.0;
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j)
      (i == j ? on : off) += matrix[i * size + j] * matrix[i * size + j];
  }
  return {off, on};
}

// Rotates rows (and, the matrix being symmetric, columns) p and q so that their element vanishes.
void Rotate(std::vector<double>& matrix, std::vector<double>& vectors, std::size_t size,
            std::size_t p, std::size_t q) {
  const double apq = matrix[p * size + q];
  if (apq == 0.0) return;
  const double theta = (matrix[q * size + q] - matrix[p * size + p]) / (2.0 * apq);
  const double t = (theta >= 0.0 ? 1.0 : -1.0) / (std::abs(theta) + std::hypot(theta, 1.0));
  const double c = 1.0 / std::hypot(t, 1.0), s = t * c;
  for (std::size_t k = 0; k < size; ++k) {
    const double kp = matrix[k * size + p], kq = matrix[k * size + q];
    matrix[k * size + p] = c * kp - s * kq;
    matrix[k * size + q] = s * kp + c * kq;
  }
  double *row_p = &matrix[p * size], *row_q = &matrix[q * size];
  double *vector_p = &vectors[p * size], *vector_q = &vectors[q * size];
  for (std::size_t k = 0; k < size; ++k) {
    const double pk = row_p[k], qk = row_q[k];
    row_p[k] = c * pk - s * qk;
    row_q[k] = s * pk + c * qk;
    const double vp = vector_p[k], vq = vector_q[k];
    vector_p[k] = c * vp - s * vq;
    vector_q[k] = s * vp + c * vq;
  }
}

}  // namespace

EigenPairs SymmetricEigen(std::vector<double> matrix, std::size_t size) {
  VIGIL_CHECK(matrix.size() == size * size);
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    if (std::isfinite(matrix[i])) continue;
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text("element ", i / size, ", ", i % size, " of a ", size, "x", size, " matrix is ",
                     matrix[i], ": expected finite numbers"));
  }
  std::vector<double> vectors(size * size);  // a row each
  for (std::size_t i = 0; i < size; ++i) vectors[i * size + i] = 1.0;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    const auto [off, on] = Squares(matrix, size);
    if (off <= 1e-22 * on) break;
    for (std::size_t p = 0; p + 1 < size; ++p) {
      for (std::size_t q = p + 1; q < size; ++q) Rotate(matrix, vectors, size, p, q);
    }
  }
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return matrix[a * size + a] > matrix[b * size + b];
  });
  EigenPairs pairs;
  for (const std::size_t i : order) {
    pairs.values.push_back(matrix[i * size + i]);
    const auto row = vectors.begin() + static_cast<std::ptrdiff_t>(i * size);
    pairs.vectors.emplace_back(row, row + static_cast<std::ptrdiff_t>(size));
  }
  return pairs;
}

}  // namespace vigil
