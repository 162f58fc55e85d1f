#include "estimator/monitor/cholesky.h"

#include <cmath>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {

Cholesky::Cholesky(std::vector<double> matrix, std::size_t size)
    : lower_(std::move(matrix)), size_(size) {
  VIGIL_CHECK(lower_.size() == size_ * size_);
  for (std::size_t i = 0; i < size_; ++i) {
    double* row = lower_.data() + i * size_;
    for (std::size_t j = 0; j <= i; ++j) {
      const double* other = lower_.data() + j * size_;
      double sum = row[j];
      for (std::size_t k = 0; k < j; ++k) sum -= row[k] * other[k];
      if (j < i) {
        row[j] = sum / other[j];
      } else if (sum > 0.0) {
        row[i] = std::sqrt(sum);
      } else {
        throw Error(
            Fault::kTraining, ErrorCode::kInvalidValue,
            Text("pivot ", i, " of ", size_, " is ", sum, ": expected a positive definite matrix"));
      }
    }
  }
}

std::vector<double> Cholesky::SolveLower(std::vector<double> b) const {
  VIGIL_CHECK(b.size() == size_);
  for (std::size_t i = 0; i < size_; ++i) {
    const double* row = lower_.data() + i * size_;
    for (std::size_t k = 0; k < i; ++k) b[i] -= row[k] * b[k];
    b[i] /= row[i];
  }
  return b;
}

std::vector<double> Cholesky::Solve(std::vector<double> b) const {
  b = SolveLower(std::move(b));
  for (std::size_t i = size_; i-- > 0;) {
    const double* row = lower_.data() + i * size_;
    b[i] /= row[i];
    for (std::size_t k = 0; k < i; ++k) b[k] -= row[k] * b[i];
  }
  return b;
}

std::vector<double> Cholesky::MultiplyLower(std::vector<double> b) const {
  VIGIL_CHECK(b.size() == size_);
  for (std::size_t i = size_; i-- > 0;) {  // from below: what is above is still needed
    const double* row = lower_.data() + i * size_;
    b[i] *= row[i];
    for (std::size_t k = 0; k < i; ++k) b[i] += row[k] * b[k];
  }
  return b;
}

double Cholesky::LogDeterminant() const {
  double sum = 0.0;
  for (std::size_t i = 0; i < size_; ++i) sum += 2.0 * std::log(lower_[i * size_ + i]);
  return sum;
}

}  // namespace vigil
