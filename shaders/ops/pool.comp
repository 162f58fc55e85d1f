// Maximum or average over windows. An invocation does one element of the output.
#version 450

#include "params/pool.h"
layout(push_constant) uniform Push { PoolParams p; };

#include "common/grid.glsl"
#include "common/storage.glsl"

layout(constant_id = 4) const uint kAverage = 0;

READ_BUFFER(0, STORAGE, src)
WRITE_BUFFER(1, STORAGE, dst)

void main() {
  const uint i = InvocationIndex();
  if (i >= p.elements) return;
  const uint column = i % p.out_width;
  const uint row = i / p.out_width % p.out_height;
  const uint base = i / (p.out_width * p.out_height) * (p.in_height * p.in_width);
  const int top = int(row * p.stride_height) - int(p.pad_top);
  const int left = int(column * p.stride_width) - int(p.pad_left);

  float result = kAverage != 0 ? 0.0 : uintBitsToFloat(0xff800000u);  // minus infinity
  uint count = 0;
  for (uint ky = 0; ky < p.kernel_height; ++ky) {
    const int y = top + int(ky * p.dilation_height);
    for (uint kx = 0; kx < p.kernel_width; ++kx) {
      const int x = left + int(kx * p.dilation_width);
      if (uint(y) < p.in_height && uint(x) < p.in_width) {
        const float value = LOAD(src, base + uint(y) * p.in_width + uint(x));
        if (kAverage != 0) {
          result += value;
          ++count;
        } else {
          result = value > result ? value : result;
        }
      } else if (p.count_include_pad != 0 && y < int(p.in_height + p.pad_bottom) &&
                 x < int(p.in_width + p.pad_right)) {
        ++count;  // declared padding counts; what ceil_mode adds beyond it never does
      }
    }
  }
  STORE(dst, i, kAverage != 0 ? result / float(count) : result);
}
