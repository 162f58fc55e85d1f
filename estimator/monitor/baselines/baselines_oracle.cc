#include "estimator/monitor/baselines/baselines_oracle.h"

namespace vigil {

AppliedOracle::AppliedOracle(std::span<const Sample> validation) {
  std::array<double, 32> seen{}, right{};
  double all_right = 0.0;
  for (const Sample& sample : validation) {
    seen[sample.applied.bits()] += 1.0;
    right[sample.applied.bits()] += sample.correct ? 1.0 : 0.0;
    all_right += sample.correct ? 1.0 : 0.0;
  }
  const double overall =
      validation.empty() ? 0.5 : all_right / static_cast<double>(validation.size());
  for (std::size_t set = 0; set < accuracy_.size(); ++set) {
    accuracy_[set] = (right[set] + overall) / (seen[set] + 1.0);
  }
}

}  // namespace vigil
