// Push constants of ops/conv.comp and ops/conv_depthwise.comp.
#ifndef VIGIL_SHADERS_PARAMS_CONV_H_
#define VIGIL_SHADERS_PARAMS_CONV_H_

#include "params/types.h"

PARAMS_BEGIN
struct ConvParams {
  uint in_channels;  // of the whole tensor
  uint in_height;
  uint in_width;
  uint out_channels;  // of the whole tensor
  uint out_height;
  uint out_width;
  uint pixels;  // batch * out_height * out_width
  uint kernel_height;
  uint kernel_width;
  uint stride_height;
  uint stride_width;
  uint pad_top;
  uint pad_left;
  uint dilation_height;
  uint dilation_width;
  uint groups;
  uint group_in_channels;
  uint group_out_channels;
  uint group_blocks;  // blocks of output channels in a group
  uint pixel_blocks;  // workgroups along the pixels
  uint bias_offset;   // in elements of the constants buffer as the shader declares it
  uint flags;
  float low;
  float high;
};
PARAMS_END(ConvParams)

#endif  // VIGIL_SHADERS_PARAMS_CONV_H_
