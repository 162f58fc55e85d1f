// Epilogues (ops/epilogue.h) as the vector kernels have them: one pass writes every output.
#ifndef VIGIL_ENGINE_CPU_NATIVE_FINISH_H_
#define VIGIL_ENGINE_CPU_NATIVE_FINISH_H_

#include <vector>

#include "engine/cpu/native/kernel.h"

namespace vigil::cpu::native {

// The slots of a fused node's residual and outputs, and what a run makes of them.
class FinishPlan {
 public:
  // Produces the node's outputs in this layout. A residual is the last input.
  FinishPlan(KernelContext& context, const Epilogue& epilogue, const Layout& layout);
  // Of a node that has one output and this activation.
  FinishPlan(KernelContext& context, const Activation& activation, const Layout& layout)
      : FinishPlan(context, Epilogue{.activation = activation}, layout) {}

  // Further stores that serve taps alone happen only in runs that keep taps. Refers to this plan.
  Finish At(SlotPointers slots) const;
  float* Output(SlotPointers slots) const;
  // What a step that finishes with this touches.
  const std::vector<SlotId>& uses() const { return uses_; }

 private:
  struct Store {
    SlotId slot = -1;  // -1: nobody wants it
    bool for_taps = false;
  };

  Store MakeStore(KernelContext& context, int output, const Layout& layout);
  float* At(SlotPointers slots, const Store& store) const;

  Activation activation_;
  Finish finish_{};  // without pointers to memory
  SlotId residual_ = -1, output_ = -1, tap_slot_ = -1;
  Store accumulator_, pre_activation_;
  std::vector<SlotId> uses_;
};

// The same for the output from an offset on.
Finish Shifted(Finish finish, std::ptrdiff_t floats);

template <typename T>
T* ElementsAt(SlotPointers slots, SlotId slot) {
  return reinterpret_cast<T*>(slots[static_cast<std::size_t>(slot)]);
}
inline float* FloatsAt(SlotPointers slots, SlotId slot) { return ElementsAt<float>(slots, slot); }

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_FINISH_H_
