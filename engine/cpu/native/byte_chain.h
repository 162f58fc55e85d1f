// What follows a product of bytes and is done in its registers: the nodes that turn its sums into
// floats, add the other branch of a residual block to them, cut them, and make bytes of them again.
#ifndef VIGIL_ENGINE_CPU_NATIVE_BYTE_CHAIN_H_
#define VIGIL_ENGINE_CPU_NATIVE_BYTE_CHAIN_H_

#include <optional>
#include <vector>

#include "engine/cpu/native/kernel.h"

namespace vigil::cpu::native {

// DequantizeLinear -> [Relu|Clip] -> [Add [+ Relu|Clip]] -> [Relu|Clip] -> [QuantizeLinear]
struct ByteChain {
  std::vector<int> nodes;      // all but the product, whose work this is
  std::vector<float> scales;   // DequantizeLinear's: 1 or as many as channels
  Activation inner, outer;     // before and after the addition; Relu, Clip or none
  ValueId residual = -1;       // float, has been produced
  ValueId floats = -1;         // what all but the last make
  bool floats_wanted = false;  // by others than the last
  const QuantizeAttrs* quantize = nullptr;
  ValueId bytes = -1;  // what the last makes
};

// The longest chain from the int32 `sums` of a product, each value of which nobody else reads, be
// it as a tap, but for the floats. Empty where no DequantizeLinear takes the sums. `axis`: of
// channels.
std::optional<ByteChain> ChainFrom(const ProgramBuilder& builder, ValueId sums, int axis);

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_BYTE_CHAIN_H_
