// PE: the performance estimator of the paper's Table 2 (SOURCES.md P4), and its smaller sister for
// CIFAR-10 (P6). Both answer with logits of independent binary classifiers: column 0 is "T was
// correct", the others are the task's causes in their order (P7).
#ifndef VIGIL_ESTIMATOR_MODELS_ESTIMATOR_H_
#define VIGIL_ESTIMATOR_MODELS_ESTIMATOR_H_

#include <cstdint>

#include "engine/graph/graph.h"

namespace vigil {

struct EstimatorOptions {
  Shape tap_a{1, 24, 56, 56};   // the earlier tap, or T's input image
  Shape tap_b{1, 192, 28, 28};  // the middle tap
  std::int64_t target_outputs = 3;
  std::int64_t causes = 5;
  double width = 1.0;  // multiplies every channel count
  // Neurons between the concatenation with T's output and the classifiers. 0 is Table 2, whose
  // classifiers are linear in T's output; a T that fails close to a decision boundary needs some.
  std::int64_t hidden = 0;
  // A second output "auxiliary" [1, n], linear in the 128 pooled features: what T should have said.
  // Training on it teaches PE the task; the deployed PE drops it (Graph::WithOutputs).
  std::int64_t auxiliary_outputs = 0;
  std::uint64_t seed = 1;
};

// Inputs "feature_a", "feature_b", "target_output" [1, target_outputs]; output "logits" [1, 1 +
// causes]. feature_a is halved by its stem, then by its first and second block, until it has
// feature_b's size; feature_b's three pairs of blocks halve it until it is 4 x 4.
// Throws Error (Model, kInvalidShape) with both shapes where they cannot be brought together:
// feature_a is not 1 to 8 times as large, or feature_b does not end at 3 x 3 or 4 x 4.
Graph BuildEstimator(const EstimatorOptions& options);

struct CifarEstimatorOptions {
  Shape tap{1, 32, 32, 32};  // T's first layer
  std::int64_t target_outputs = 10;
  std::int64_t causes = 4;  // localization, blur, lighting, other
  double width = 1.0;
  std::int64_t hidden = 0;  // as EstimatorOptions::hidden
  // T's logits arrive with what a linear layer cannot make of them: their softmax, its maximum and
  // its sum of squares, and the largest logit. Without these PE cannot know T's own confidence.
  bool confidence_features = true;
  // A second output "auxiliary" [1, target_outputs]: PE's own class logits. Its softmax, and the
  // product of that with T's, go to the classifiers: T is right where both agree.
  bool auxiliary_classes = false;
  std::uint64_t seed = 1;
};

// Inputs "feature" and "target_output" [1, target_outputs]; output "logits" [1, 1 + causes].
// Stem 3 x 3, residual pairs 64, 128, 256 (each halves, as in P4), average, concatenation with T's
// output, classifiers. Throws Error (Model, kInvalidShape) for a tap that is not rank 4 or under
// 4 x 4.
Graph BuildCifarEstimator(const CifarEstimatorOptions& options);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MODELS_ESTIMATOR_H_
