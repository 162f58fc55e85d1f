#include "engine/cpu/onednn/primitive_step.h"

namespace vigil::cpu::onednn {

PrimitiveStep::PrimitiveStep(dnnl::primitive primitive, std::vector<PrimitiveArgument> arguments)
    : primitive_(std::move(primitive)), stream_(DnnlEngine()), arguments_(std::move(arguments)) {
  for (const PrimitiveArgument& argument : arguments_) {
    const dnnl::memory& memory =
        memories_.emplace_back(dnnl::memory(argument.layout, DnnlEngine(), DNNL_MEMORY_NONE));
    execute_with_.push_back({argument.index, memory.get()});
  }
}

void PrimitiveStep::Bind(SlotPointers slots, std::span<const std::uint8_t> external) {
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    const auto slot = static_cast<std::size_t>(arguments_[i].slot);
    if (external[slot]) {
      external_.push_back(i);
    } else {
      memories_[i].set_data_handle(slots[slot]);
    }
  }
}

void PrimitiveStep::Run(SlotPointers slots) {
  try {
    for (const std::size_t i : external_) {
      memories_[i].set_data_handle(slots[static_cast<std::size_t>(arguments_[i].slot)]);
    }
    // The C++ interface would build a map and a vector in every run.
    dnnl::error::wrap_c_api(
        dnnl_primitive_execute(primitive_.get(), stream_.get(),
                               static_cast<int>(execute_with_.size()), execute_with_.data()),
        "could not execute a primitive");
  } catch (const dnnl::error& error) {
    throw FromDnnl(error, "run");
  }
}

}  // namespace vigil::cpu::onednn
