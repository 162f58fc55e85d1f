// InstanceNormalization, ONNX 1-22.
#ifndef VIGIL_ENGINE_OPS_INSTANCE_NORM_H_
#define VIGIL_ENGINE_OPS_INSTANCE_NORM_H_

namespace vigil {

// Inputs: x [N, C, ...] of rank 3 to 6; scale, bias, each [C]. Every plane of every sample by its
// own mean and variance (over its elements, not one less).
struct InstanceNormAttrs {
  float epsilon = 1e-5f;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_INSTANCE_NORM_H_
