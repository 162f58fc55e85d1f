// dst = activation(a op b), broadcast. An invocation does one element; where no dimension is
// broadcast (kSameShape) the index arithmetic falls away.
#version 450

#include "params/binary.h"
layout(push_constant) uniform Push { BinaryParams p; };

#include "common/activation.glsl"
#include "common/grid.glsl"
#include "common/storage.glsl"

layout(constant_id = 4) const uint kOperation = 0;  // vigil::BinaryKind
layout(constant_id = 5) const uint kSameShape = 0;

READ_BUFFER(0, STORAGE, a)
READ_BUFFER(1, STORAGE, b)
WRITE_BUFFER(2, STORAGE, dst)

const uint kInfinity = 0x7f800000u;
const uint kNotANumber = 0x7fc00000u;

// The device's pow is defined for positive bases alone.
float Power(float x, float y) {
  if (y == 2.0) return x * x;
  float magnitude = pow(abs(x), y);
  if (x == 0.0) magnitude = y > 0.0 ? 0.0 : (y < 0.0 ? uintBitsToFloat(kInfinity) : 1.0);
  if (!(x < 0.0)) return magnitude;
  if (floor(y) != y) return uintBitsToFloat(kNotANumber);
  return mod(y, 2.0) != 0.0 ? -magnitude : magnitude;
}

float Combine(float x, float y) {
  if (kOperation == 1) return x * y;
  if (kOperation == 2) return x - y;
  if (kOperation == 3) return x / y;
  if (kOperation == 4) return Power(x, y);
  if (kOperation == 5) return x < y || isnan(x) ? x : y;
  if (kOperation == 6) return x > y || isnan(x) ? x : y;
  if (kOperation == 7) return x < 0.0 ? x * y : x;
  return x + y;
}

void main() {
  const uint i = InvocationIndex();
  if (i >= p.elements) return;
  uint a_index = i;
  uint b_index = i;
  if (kSameShape == 0) {
    a_index = 0;
    b_index = 0;
    uint rest = i;
    for (int axis = 5; axis >= 0; --axis) {
      const uint at = rest % p.dims[axis];
      rest /= p.dims[axis];
      a_index += at * p.a_strides[axis];
      b_index += at * p.b_strides[axis];
    }
  }
  STORE(dst, i, Activate(Combine(LOAD(a, a_index), LOAD(b, b_index)), p.low, p.high));
}
