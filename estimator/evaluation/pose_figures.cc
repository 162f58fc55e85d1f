#include "estimator/evaluation/pose_figures.h"

#include <cmath>
#include <vector>

namespace vigil {
namespace {

AngleFigures Compare(std::span<const double> answer, std::span<const double> truth) {
  const auto count = static_cast<double>(answer.size());
  AngleFigures figures;
  double mean_answer = 0.0, mean_truth = 0.0;
  for (std::size_t i = 0; i < answer.size(); ++i) {
    figures.mean_error += std::abs(answer[i] - truth[i]) / count;
    mean_answer += answer[i] / count;
    mean_truth += truth[i] / count;
  }
  double product = 0.0, answers = 0.0, truths = 0.0;
  for (std::size_t i = 0; i < answer.size(); ++i) {
    const double a = answer[i] - mean_answer, t = truth[i] - mean_truth;
    product += a * t;
    answers += a * a;
    truths += t * t;
  }
  figures.correlation = product / std::sqrt(answers * truths);
  figures.slope = product / truths;
  return figures;
}

}  // namespace

std::optional<PoseFigures> PoseFiguresOf(std::span<const JudgedSample> samples, const Task& task) {
  if (task.kind != Task::Kind::kDirectness) return std::nullopt;
  std::vector<double> pitch, yaw, true_pitch, true_yaw;
  PoseFigures figures;
  for (const JudgedSample& sample : samples) {
    pitch.push_back(sample.output[0] * kPoseUnit);
    yaw.push_back(sample.output[1] * kPoseUnit);
    true_pitch.push_back(sample.truth.pitch);
    true_yaw.push_back(sample.truth.yaw);
    figures.called_facing += task.Decide(sample.output);
    figures.facing += task.TrueDecision(sample.truth);
  }
  figures.pitch = Compare(pitch, true_pitch);
  figures.yaw = Compare(yaw, true_yaw);
  figures.called_facing /= static_cast<double>(samples.size());
  figures.facing /= static_cast<double>(samples.size());
  return figures;
}

}  // namespace vigil
