// Operators of the engine in libtorch's. Private to the room: this header brings in ATen.
#ifndef VIGIL_ESTIMATOR_TRAINING_TORCH_OPS_H_
#define VIGIL_ESTIMATOR_TRAINING_TORCH_OPS_H_

#include <span>
#include <string_view>

#include <ATen/ATen.h>

#include "engine/ops/op.h"

namespace vigil::training {

// Throws Error (Model, kUnsupported) where libtorch cannot do what the attributes ask for.
void CheckSupported(const OpAttrs& attrs);

// The operator on tensors of one batch. `out` is the output's description; its batch dimension may
// differ. In training BatchNormalization updates in[3] and in[4] in place.
at::Tensor ApplyOp(const OpAttrs& attrs, std::span<const at::Tensor> in, const TensorDesc& out,
                   bool training);

// Runs `work` and turns what libtorch throws into Error that begins with `where`.
// Error passes through.
[[noreturn]] void ThrowAsError(std::string_view where);
template <typename Work>
auto Guarded(std::string_view where, Work&& work) {
  try {
    return work();
  } catch (...) {
    ThrowAsError(where);
  }
}

}  // namespace vigil::training

#endif  // VIGIL_ESTIMATOR_TRAINING_TORCH_OPS_H_
