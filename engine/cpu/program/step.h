// One action of a compiled program: a primitive of a library, or a function of ours.
#ifndef VIGIL_ENGINE_CPU_PROGRAM_STEP_H_
#define VIGIL_ENGINE_CPU_PROGRAM_STEP_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>

namespace vigil::cpu::VIGIL_CPU_ARITHMETIC {

// A piece of memory of a program. Numbers, so that steps can be made before memory is placed.
using SlotId = int;

// Where every slot lies, by SlotId. Those of the arena and of constants never move; the caller's
// inputs, outputs and tap slot differ from run to run. The tap slot is null where the run keeps no
// taps.
using SlotPointers = std::span<std::byte* const>;

class Step {
 public:
  virtual ~Step() = default;
  // Once, when memory is placed; `external` tells the slots that move.
  virtual void Bind(SlotPointers slots, std::span<const std::uint8_t> external) = 0;
  // Throws Error that does not name the node yet.
  virtual void Run(SlotPointers slots) = 0;
};

class FunctionStep : public Step {
 public:
  explicit FunctionStep(std::function<void(SlotPointers)> function)
      : function_(std::move(function)) {}

  void Bind(SlotPointers, std::span<const std::uint8_t>) override {}
  void Run(SlotPointers slots) override { function_(slots); }

 private:
  std::function<void(SlotPointers)> function_;
};

}  // namespace vigil::cpu::VIGIL_CPU_ARITHMETIC

#endif  // VIGIL_ENGINE_CPU_PROGRAM_STEP_H_
