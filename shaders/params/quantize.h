// Push constants of ops/quantize.comp and ops/dequantize.comp.
#ifndef VIGIL_SHADERS_PARAMS_QUANTIZE_H_
#define VIGIL_SHADERS_PARAMS_QUANTIZE_H_

#include "params/types.h"

PARAMS_BEGIN
struct QuantizeParams {
  uint work;  // words of the eight-bit tensor (quantize), elements (dequantize)
  uint channels;
  uint channel_words;  // channels / 4, rounded up
  uint plane;          // elements of one channel of one sample
  uint per_channel;    // 0: the first scale and zero point serve all
  int low;             // what the type holds (quantize)
  int high;
};
PARAMS_END(QuantizeParams)

#endif  // VIGIL_SHADERS_PARAMS_QUANTIZE_H_
