// Eigenvectors of symmetric matrices of some hundred rows.
#ifndef VIGIL_ESTIMATOR_MONITOR_EIGEN_H_
#define VIGIL_ESTIMATOR_MONITOR_EIGEN_H_

#include <cstddef>
#include <vector>

namespace vigil {

struct EigenPairs {
  std::vector<double> values;                // falling
  std::vector<std::vector<double>> vectors;  // of length one, in the order of the values
};

// By Jacobi's rotations, sweep after sweep until what is off the diagonal is nothing beside it.
// `matrix` is row-major, size x size, symmetric. Throws Error (Training, kInvalidValue) where it
// holds numbers that are not finite. REQUIRES: matrix.size() == size * size.
EigenPairs SymmetricEigen(std::vector<double> matrix, std::size_t size);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_EIGEN_H_
