// Element types and choices between elements: Cast 6-21, Where 9-16.
#ifndef VIGIL_ENGINE_OPS_CAST_H_
#define VIGIL_ENGINE_OPS_CAST_H_

#include "engine/tensor/dtype.h"

namespace vigil {

// Between any two element types. To float16: to nearest even, infinite beyond 65504. To bool:
// whether it is not 0. From float32 to integers: towards zero; what ONNX leaves open is fixed here,
// the nearest that fits, 0 for NaN. Between integers: the low bits, as two's complement has them.
struct CastAttrs {
  DType to = DType::kFloat32;
};

// Inputs: condition (bool), x, y of one type, all broadcast. x where the condition holds.
struct WhereAttrs {};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_CAST_H_
