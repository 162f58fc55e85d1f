// Symmetric positive definite systems of some hundred unknowns.
#ifndef VIGIL_ESTIMATOR_MONITOR_CHOLESKY_H_
#define VIGIL_ESTIMATOR_MONITOR_CHOLESKY_H_

#include <cstddef>
#include <vector>

namespace vigil {

// A = L L' of a square matrix. Immutable.
class Cholesky {
 public:
  // `matrix` is row-major, size x size; its lower triangle is read. Throws Error (Training,
  // kInvalidValue) naming the pivot where it is not positive definite.
  Cholesky(std::vector<double> matrix, std::size_t size);

  std::size_t size() const { return size_; }
  // A^-1 b. REQUIRES: b.size() == size().
  std::vector<double> Solve(std::vector<double> b) const;
  // L^-1 b, whose squared length is b' A^-1 b. REQUIRES: b.size() == size().
  std::vector<double> SolveLower(std::vector<double> b) const;
  // L b: of covariance A where b is standard normal. REQUIRES: b.size() == size().
  std::vector<double> MultiplyLower(std::vector<double> b) const;
  // Of A.
  double LogDeterminant() const;

 private:
  std::vector<double> lower_;  // row-major; the upper triangle is not used
  std::size_t size_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_CHOLESKY_H_
