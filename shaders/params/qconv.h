// Push constants of ops/qconv.comp and ops/qconv_grouped.comp.
#ifndef VIGIL_SHADERS_PARAMS_QCONV_H_
#define VIGIL_SHADERS_PARAMS_QCONV_H_

#include "params/types.h"

PARAMS_BEGIN
struct QConvParams {
  uint in_words;  // channels of the whole tensor / 4, rounded up
  uint in_height;
  uint in_width;
  uint out_channels;  // of the whole tensor
  uint out_words;     // the same / 4, rounded up
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
  uint group_in_channels;
  uint group_out_channels;
  uint group_words;     // words of input channels that a group may touch (qconv)
  uint pixel_blocks;    // workgroups along the pixels
  uint channel_offset;  // in elements of the constants buffer: bias, multiplier and shift
  uint sign_flip;       // makes four unsigned bytes signed, 128 less; 0 where they are signed
  uint padding;         // four times x's zero point, flipped: what padding holds
  int x_zero_point;     // flipped
  int y_zero_point;
  int low;
  int high;
};
PARAMS_END(QConvParams)

#endif  // VIGIL_SHADERS_PARAMS_QCONV_H_
