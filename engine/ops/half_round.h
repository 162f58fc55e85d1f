// HalfRound, an operator of our own: what float16 storage does to a float32 value.
#ifndef VIGIL_ENGINE_OPS_HALF_ROUND_H_
#define VIGIL_ENGINE_OPS_HALF_ROUND_H_

namespace vigil {

// x float32 -> y float32 of the same shape, each number the nearest that float16 has (ties to
// even), so infinite beyond 65504. A backend without 16-bit memory has float16's numbers by it:
// EmulateHalf (graph/half_emulation.h).
struct HalfRoundAttrs {};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_HALF_ROUND_H_
