// ONNX's (numpy's) broadcasting: shapes are aligned at their last dimension, and a dimension of 1,
// or one that is absent, repeats.
#ifndef VIGIL_ENGINE_OPS_BROADCAST_H_
#define VIGIL_ENGINE_OPS_BROADCAST_H_

#include "engine/ops/iterate.h"
#include "engine/tensor/shape.h"

namespace vigil {

// Throws Error (Model, kInvalidShape) that gives both shapes where they do not fit.
Shape BroadcastShape(const Shape& a, const Shape& b);

// Of a tensor of shape `from`, the elements that one step along each dimension of `to` moves; 0
// where it repeats. REQUIRES: BroadcastShape(from, to) == to.
Strides StridesToBroadcast(const Shape& from, const Shape& to);

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_BROADCAST_H_
