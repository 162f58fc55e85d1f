// What training minimises.
#ifndef VIGIL_ESTIMATOR_TRAINING_LOSSES_H_
#define VIGIL_ESTIMATOR_TRAINING_LOSSES_H_

#include <vector>

namespace vigil {

enum class LossKind {
  kCrossEntropy,  // logits [N, C]; targets int32 [N], the class
  kMeanSquared,   // output and targets float32 [N, K]
  kSmoothL1,      // the same; linear beyond smooth_l1_beta
  // PE (SOURCES.md P7): logits [N, 1 + causes]; targets float32 [N, 1 + causes] of 0 and 1. The
  // first classifier ("T was correct") learns from all samples, the others only from those where
  // T was wrong (target 0 in column 0).
  kGatedBinary,
  // Face detector (estimator/models/face_detector.h): output and targets float32 [N, 5, R, C].
  // Whether a cell has a face is binary, the box is learnt (smooth L1) where it has one; both are
  // summed over the cells and divided by the number of faces' cells.
  kFaceGrid,
  // Autoencoders (estimator/models/autoencoder.h); neither reads its targets. The output [N, K] is
  // what reconstruction missed by: the mean of its squares.
  kResidual,
  // The output [N, 2 * K] holds means, then logarithms of variances: the divergence (KL, in nats,
  // summed over the K) of these normal distributions from the standard one.
  kStandardNormal,
};

struct LossOptions {
  LossKind kind = LossKind::kCrossEntropy;
  float label_smoothing = 0.0f;  // kCrossEntropy
  float smooth_l1_beta = 0.1f;   // kSmoothL1, kFaceGrid
  float cause_weight = 1.0f;     // kGatedBinary: of the mean over the causes beside `correct`
  // kGatedBinary: how much more a target of 1 counts, a factor for each classifier; kCrossEntropy:
  // a factor for each class. Empty: 1.
  std::vector<float> class_weights;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TRAINING_LOSSES_H_
