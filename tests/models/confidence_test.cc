// What the estimator for CIFAR-10 knows of T's confidence, computed by the oracle.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "engine/reference/reference_backend.h"
#include "estimator/models/estimator.h"

namespace vigil {
namespace {

TEST(CifarEstimator, ConfidenceFeatures_AreLogitsSoftmaxMaximaAndMeanSquare) {
  const std::vector<std::string> taps{"target/features"};
  const Graph graph =
      BuildCifarEstimator({.tap = {1, 2, 4, 4}, .target_outputs = 3, .width = 0.1}).WithTaps(taps);
  const auto executable = MakeReferenceBackend()->Compile(graph, {});
  const std::vector<float> logits{1.0f, -2.0f, 3.0f};
  const Tensor tap(TensorDesc{DType::kFloat32, Shape{1, 2, 4, 4}});
  const Tensor target(Shape{1, 3}, logits);
  Tensor output(graph.value(graph.outputs().front()).desc);
  std::vector<float> features(9);
  const std::vector<ConstTensorView> inputs{tap.view(), target.view()};
  const std::vector<TensorView> outputs{output.view()};
  executable->Run(inputs, outputs, std::as_writable_bytes(std::span(features)));

  const double sum = std::exp(1.0) + std::exp(-2.0) + std::exp(3.0);
  const double p[] = {std::exp(1.0) / sum, std::exp(-2.0) / sum, std::exp(3.0) / sum};
  const double mean_square = (p[0] * p[0] + p[1] * p[1] + p[2] * p[2]) / 3.0;
  const double expected[] = {1, -2, 3, p[0], p[1], p[2], p[2], 3, mean_square};
  for (std::size_t i = 0; i < 9; ++i) EXPECT_NEAR(features[i], expected[i], 1e-6) << i;
}

}  // namespace
}  // namespace vigil
