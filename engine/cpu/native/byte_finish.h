// ByteFinish of a product of bytes and of the nodes that follow it (byte_chain.h).
#ifndef VIGIL_ENGINE_CPU_NATIVE_BYTE_FINISH_H_
#define VIGIL_ENGINE_CPU_NATIVE_BYTE_FINISH_H_

#include <vector>

#include "engine/cpu/native/byte_kernels.h"
#include "engine/cpu/native/finish.h"
#include "engine/cpu/native/tile_plan.h"
#include "engine/ops/requantize.h"

namespace vigil::cpu::native {

class ByteFinishPlan {
 public:
  // Produces what the node and those that follow it make, in blocks where the output has rank 4,
  // else plain, and leaves the followers out of the program. `channels` of the output.
  ByteFinishPlan(KernelContext& context, const QuantizedProduct& product, std::int64_t channels);

  ByteFinish At(SlotPointers slots) const;
  // What a step that finishes with this touches.
  const std::vector<SlotId>& uses() const { return uses_; }

 private:
  // The value that the node itself makes: sums, or bytes of the product's scale.
  void MakeSums(KernelContext& context);
  void MakeBytes(KernelContext& context, const QuantizedProduct& product, std::int64_t channels);
  // What the chain makes; false where there is none.
  bool MakeChain(KernelContext& context, std::int64_t channels);
  SlotId Use(SlotId slot);

  ByteFinish finish_{};  // without pointers to memory
  SlotId scales_ = -1, fixed_ = -1, float_scales_ = -1, residual_ = -1;
  SlotId sums_ = -1, floats_ = -1, bytes_ = -1;
  std::vector<SlotId> uses_;
};

// The same from a channel and an element of the output on.
ByteFinish Shifted(ByteFinish finish, std::ptrdiff_t channel, std::ptrdiff_t element);

// A byte as QuantizeLinear makes it; with `is_offset`, as it lies in blocks of int8.
ByteStep StepTo(const QuantizeAttrs& attrs, bool is_offset);

// Adds the step that runs the plan on the bytes in `x`.
void AddByteTiles(KernelContext& context, TilePlan plan, SlotId x, SlotId weights, SlotId bias,
                  const ByteFinishPlan& finish);

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_BYTE_FINISH_H_
