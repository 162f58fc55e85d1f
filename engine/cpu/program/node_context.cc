#include "engine/cpu/program/node_context.h"

#include "engine/base/text.h"

namespace vigil::cpu::VIGIL_CPU_ARITHMETIC {

NodeContext::NodeContext(ProgramBuilder& builder, const Node& node, int index,
                         std::span<const std::uint8_t> needed_by_outputs,
                         std::span<const std::uint8_t> needed_at_all)
    : builder_(builder),
      node_(node),
      index_(index),
      needed_by_outputs_(needed_by_outputs),
      needed_at_all_(needed_at_all) {}

std::string NodeContext::Description() const {
  return Text("node '", node_.name, "' (", OpName(node_.attrs), ")");
}

bool NodeContext::Wanted(int output) const {
  return output == 0 || needed_at_all_[static_cast<std::size_t>(OutputId(output))];
}

bool NodeContext::NeededWithoutTaps(int output) const {
  bool needed = needed_by_outputs_[static_cast<std::size_t>(OutputId(output))];
  if (output == 0) {
    for (const ValueId id : node_.outputs) {
      needed |= needed_by_outputs_[static_cast<std::size_t>(id)];
    }
  }
  return needed;
}

}  // namespace vigil::cpu::VIGIL_CPU_ARITHMETIC
