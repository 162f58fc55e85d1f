// Push constants of ops/encode_half.comp, encode_range.comp and encode_bytes.comp.
#ifndef VIGIL_SHADERS_PARAMS_ENCODE_H_
#define VIGIL_SHADERS_PARAMS_ENCODE_H_

#include "params/types.h"

PARAMS_BEGIN
struct EncodeParams {
  uint samples;
  uint channels;
  uint sample_elements;
  uint sample_words;  // 32-bit words of one encoded sample
};
PARAMS_END(EncodeParams)

#endif  // VIGIL_SHADERS_PARAMS_ENCODE_H_
