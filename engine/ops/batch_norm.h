// BatchNormalization, ONNX 1-15, with running statistics (inference); the trainer uses the batch's
// own.
#ifndef VIGIL_ENGINE_OPS_BATCH_NORM_H_
#define VIGIL_ENGINE_OPS_BATCH_NORM_H_

namespace vigil {

// Inputs: x [N, C, ...] of rank 2 to 6; scale, bias, mean, variance, each [C].
struct BatchNormAttrs {
  float epsilon = 1e-5f;
  float momentum = 0.9f;  // of the running statistics, in training alone: new = old * momentum +
                          // batch * (1 - momentum)
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_BATCH_NORM_H_
