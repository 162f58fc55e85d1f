// The constant side of a product of bytes, as the byte kernels want it.
#ifndef VIGIL_ENGINE_CPU_NATIVE_BYTE_PRODUCT_H_
#define VIGIL_ENGINE_CPU_NATIVE_BYTE_PRODUCT_H_

#include <functional>
#include <optional>
#include <vector>

#include "engine/cpu/native/tile_plan.h"
#include "engine/ops/requantize.h"

namespace vigil::cpu::native {

struct ByteProduct {
  std::int64_t channels = 0, filter = 0;  // of the output; weights of each
  std::vector<std::int8_t> weights;       // [channels, filter], less their zero points
  std::vector<std::int32_t> bias;         // [channels]
  std::int32_t x_zero_point = 0;          // of the input as it lies in blocks: unsigned

  // The bias less what the input's zero point adds to the sum of every tap.
  std::int32_t Folded(std::int64_t channel) const;
};

// Of a node whose weights, the second input, and bias are constant, where the kernels are exact:
// weights of eight bits less their zero points, and results of 31 bits before they saturate.
// `by_rows`: the weights are [channels, filter], else [filter, channels].
std::optional<ByteProduct> ByteProductOf(const KernelContext& context,
                                         const QuantizedProduct& product, bool by_rows);

// [groups, blocks, terms, kLanes, kQuad] and [groups, blocks, kLanes]; weight(channel, term, place)
// counts channels over all groups, and places in a quad.
SlotId PackByteWeights(
    ProgramBuilder& builder, const TilePlan& plan, std::int64_t channels,
    const std::function<std::int8_t(std::int64_t channel, std::int64_t term, int place)>& weight);
SlotId PackByteBias(ProgramBuilder& builder, std::int64_t channels,
                    const std::function<std::int32_t(std::int64_t channel)>& bias);

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_BYTE_PRODUCT_H_
