// The losses in libtorch. Private to the room: this header brings in ATen.
#ifndef VIGIL_ESTIMATOR_TRAINING_TORCH_LOSSES_H_
#define VIGIL_ESTIMATOR_TRAINING_TORCH_LOSSES_H_

#include <ATen/ATen.h>

#include "engine/tensor/tensor.h"
#include "estimator/training/losses.h"

namespace vigil::training {

// A scalar, the mean over the batch. Throws Error (Training, kInvalidShape | kInvalidType |
// kInvalidValue) for targets or weights that do not fit the loss and the output.
at::Tensor Loss(const LossOptions& options, const at::Tensor& output, ConstTensorView targets);

}  // namespace vigil::training

#endif  // VIGIL_ESTIMATOR_TRAINING_TORCH_LOSSES_H_
