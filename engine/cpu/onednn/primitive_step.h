// A oneDNN primitive as a step of a program.
#ifndef VIGIL_ENGINE_CPU_ONEDNN_PRIMITIVE_STEP_H_
#define VIGIL_ENGINE_CPU_ONEDNN_PRIMITIVE_STEP_H_

#include <vector>

#include "engine/cpu/program/layout.h"
#include "engine/cpu/program/step.h"

namespace vigil::cpu::onednn {

struct PrimitiveArgument {
  int index;  // DNNL_ARG_SRC, ...
  SlotId slot;
  Layout layout;
};

class PrimitiveStep : public Step {
 public:
  PrimitiveStep(dnnl::primitive primitive, std::vector<PrimitiveArgument> arguments);

  void Bind(SlotPointers slots, std::span<const std::uint8_t> external) override;
  void Run(SlotPointers slots) override;

 private:
  dnnl::primitive primitive_;
  dnnl::stream stream_;  // not shared, for oneDNN does not say that threads may
  std::vector<PrimitiveArgument> arguments_;
  std::vector<dnnl::memory> memories_;         // one an argument
  std::vector<dnnl_exec_arg_t> execute_with_;  // the same for the C interface, made once
  std::vector<std::size_t> external_;          // arguments whose memory the caller owns
};

}  // namespace vigil::cpu::onednn

#endif  // VIGIL_ENGINE_CPU_ONEDNN_PRIMITIVE_STEP_H_
