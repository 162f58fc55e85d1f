// y = activation(accumulator + residual), and the optional second store for a tap. Binding 2 is the
// residual or the tap as the flags say; which of them, and whether any, leaves the arithmetic of y
// as it is, so outputs with and without taps are bit-identical. Needs a push-constant struct `p`
// with flags, low and high.
#ifndef VIGIL_SHADERS_COMMON_EPILOGUE_GLSL_
#define VIGIL_SHADERS_COMMON_EPILOGUE_GLSL_

#include "common/activation.glsl"
#include "common/storage.glsl"

READ_WRITE_BUFFER(2, STORAGE, third)
WRITE_BUFFER(3, STORAGE, dst)

void StoreWithEpilogue(uint index, float value) {
  if ((p.flags & FLAG_RESIDUAL) != 0) value += LOAD(third, index);
  if ((p.flags & FLAG_EXTRA) != 0) STORE(third, index, value);
  STORE(dst, index, Activate(value, p.low, p.high));
}

#endif
