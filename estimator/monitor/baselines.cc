#include "estimator/monitor/baselines.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "engine/base/error.h"

namespace vigil {
namespace {

std::vector<double> Softmax(std::span<const float> logits) {
  VIGIL_CHECK(logits.size() >= 2);
  const double peak = std::ranges::max(logits);
  std::vector<double> p;
  double total = 0.0;
  for (const float logit : logits) total += p.emplace_back(std::exp(logit - peak));
  for (double& value : p) value /= total;
  return p;
}

}  // namespace

double MaximumSoftmax(std::span<const float> logits) { return std::ranges::max(Softmax(logits)); }

double NegativeEntropy(std::span<const float> logits) {
  double sum = 0.0;
  for (const double p : Softmax(logits)) sum += p > 0.0 ? p * std::log(p) : 0.0;
  return sum;
}

double SoftmaxMargin(std::span<const float> logits) {
  std::vector<double> p = Softmax(logits);
  std::ranges::partial_sort(p, p.begin() + 2, std::greater<>());
  return p[0] - p[1];
}

double NegativeEnergy(std::span<const float> logits) {
  VIGIL_CHECK(logits.size() >= 2);
  const double peak = std::ranges::max(logits);
  double total = 0.0;
  for (const float logit : logits) total += std::exp(logit - peak);
  return peak + std::log(total);
}

double DistanceToDirectness(std::span<const float> pose, DirectnessRule rule) {
  VIGIL_CHECK(pose.size() >= 2);
  constexpr double kDegree = std::numbers::pi / 180.0;
  const double directness = std::cos(static_cast<double>(pose[0]) * kPoseUnit * kDegree) *
                            std::cos(static_cast<double>(pose[1]) * kPoseUnit * kDegree);
  const double threshold =
      rule == DirectnessRule::kAngle ? std::cos(30.0 * kDegree) : 30.0 * kDegree;
  return std::abs(directness - threshold);
}

double DefaultBaseline(const Task& task, std::span<const float> output) {
  return task.kind == Task::Kind::kDirectness ? DistanceToDirectness(output, task.rule)
                                              : MaximumSoftmax(output);
}

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

ThresholdedConfidence::ThresholdedConfidence(std::span<const Sample> validation) {
  VIGIL_CHECK(!validation.empty());
  std::vector<double> scores;
  std::size_t right = 0;
  for (const Sample& sample : validation) {
    scores.push_back(sample.score);
    right += sample.correct ? 1 : 0;
  }
  std::ranges::sort(scores, std::greater<>());
  threshold_ = right == 0 ? std::numeric_limits<double>::infinity() : scores[right - 1];
}

double ThresholdedConfidence::Estimate(std::span<const double> scores) const {
  VIGIL_CHECK(!scores.empty());
  const auto above = std::ranges::count_if(scores, [&](double s) { return s >= threshold_; });
  return static_cast<double>(above) / static_cast<double>(scores.size());
}

}  // namespace vigil
