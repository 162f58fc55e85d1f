// Push constants of ops/concat.comp: one input into its place of the output.
#ifndef VIGIL_SHADERS_PARAMS_CONCAT_H_
#define VIGIL_SHADERS_PARAMS_CONCAT_H_

#include "params/types.h"

PARAMS_BEGIN
struct ConcatParams {
  uint elements;    // of the input
  uint inner;       // elements of the input below the outer dimensions
  uint out_inner;   // the same of the output
  uint out_offset;  // where this input starts within out_inner
};
PARAMS_END(ConcatParams)

#endif  // VIGIL_SHADERS_PARAMS_CONCAT_H_
