#include "estimator/monitor/baselines/baselines_output.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <utility>

#include "engine/base/error.h"

namespace vigil {
namespace {

double CrossEntropy(std::span<const LabelledLogits> samples, double temperature) {
  double sum = 0.0;
  for (const LabelledLogits& sample : samples) {
    const double peak = std::ranges::max(sample.logits);
    double total = 0.0;
    for (const float logit : sample.logits) total += std::exp((logit - peak) / temperature);
    const double own = sample.logits[static_cast<std::size_t>(sample.label)];
    sum += std::log(total) - (own - peak) / temperature;
  }
  return sum;
}

}  // namespace

std::vector<double> Softmax(std::span<const float> logits, double temperature) {
  VIGIL_CHECK(logits.size() >= 2 && temperature > 0.0);
  const double peak = std::ranges::max(logits);
  std::vector<double> p;
  double total = 0.0;
  for (const float logit : logits) total += p.emplace_back(std::exp((logit - peak) / temperature));
  for (double& value : p) value /= total;
  return p;
}

double MaximumSoftmax(std::span<const float> logits, double temperature) {
  return std::ranges::max(Softmax(logits, temperature));
}

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

double DoctorAlpha(std::span<const float> logits) {
  double squares = 0.0;
  for (const double p : Softmax(logits)) squares += p * p;
  return 1.0 - 1.0 / squares;
}

// From the terms that are not the largest, so that 1 - p keeps its digits where p is almost 1.
double DoctorBeta(std::span<const float> logits) {
  VIGIL_CHECK(logits.size() >= 2);
  const auto peak = std::ranges::max_element(logits);
  double others = 0.0;
  for (auto logit = logits.begin(); logit != logits.end(); ++logit) {
    if (logit != peak) others += std::exp(static_cast<double>(*logit) - *peak);
  }
  return -others;
}

// Cross-entropy is convex in 1 / temperature, so it falls, then rises along log temperature too:
// golden section.
double FitTemperature(std::span<const LabelledLogits> samples) {
  VIGIL_CHECK(!samples.empty());
  const double ratio = 1.0 / std::numbers::phi;
  const auto cost = [&](double log) { return CrossEntropy(samples, std::exp(log)); };
  double low = -std::log(20.0), high = std::log(20.0);
  double left = high - ratio * (high - low), right = low + ratio * (high - low);
  double at_left = cost(left), at_right = cost(right);
  while (high - low > 1e-3) {
    if (at_left < at_right) {
      high = std::exchange(right, left);
      at_right = at_left;
      left = high - ratio * (high - low);
      at_left = cost(left);
    } else {
      low = std::exchange(left, right);
      at_left = at_right;
      right = low + ratio * (high - low);
      at_right = cost(right);
    }
  }
  return std::exp(0.5 * (low + high));
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

const char* DefaultBaselineName(const Task& task) {
  return task.kind == Task::Kind::kDirectness ? "distance to the directness threshold"
                                              : "maximum softmax probability";
}

}  // namespace vigil
