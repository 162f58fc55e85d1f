// One action of a compiled program: a oneDNN primitive, or a function of ours.
#ifndef VIGIL_ENGINE_CPU_STEP_H_
#define VIGIL_ENGINE_CPU_STEP_H_

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/cpu/layout.h"

namespace vigil::cpu {

// A piece of memory of a program. Numbers, so that steps can be made before memory is placed.
using SlotId = int;

// Where every slot lies, by SlotId. Those of the arena and of constants never move; the caller's
// inputs, outputs and tap slot differ from run to run.
using SlotPointers = std::span<std::byte* const>;

class Step {
 public:
  virtual ~Step() = default;
  // Once, when memory is placed; `external` tells the slots that move.
  virtual void Bind(SlotPointers slots, std::span<const std::uint8_t> external) = 0;
  virtual void Run(SlotPointers slots, dnnl::stream& stream) = 0;
};

struct PrimitiveArgument {
  int index;  // DNNL_ARG_SRC, ...
  SlotId slot;
  Layout layout;
};

class PrimitiveStep : public Step {
 public:
  PrimitiveStep(dnnl::primitive primitive, std::vector<PrimitiveArgument> arguments,
                const dnnl::engine& engine);

  void Bind(SlotPointers slots, std::span<const std::uint8_t> external) override;
  void Run(SlotPointers slots, dnnl::stream& stream) override;

 private:
  dnnl::primitive primitive_;
  std::vector<PrimitiveArgument> arguments_;
  std::vector<dnnl::memory> memories_;         // one an argument
  std::vector<dnnl_exec_arg_t> execute_with_;  // the same for the C interface, made once
  std::vector<std::size_t> external_;          // arguments whose memory the caller owns
};

class FunctionStep : public Step {
 public:
  explicit FunctionStep(std::function<void(SlotPointers)> function)
      : function_(std::move(function)) {}

  void Bind(SlotPointers, std::span<const std::uint8_t>) override {}
  void Run(SlotPointers slots, dnnl::stream&) override { function_(slots); }

 private:
  std::function<void(SlotPointers)> function_;
};

}  // namespace vigil::cpu

#endif  // VIGIL_ENGINE_CPU_STEP_H_
