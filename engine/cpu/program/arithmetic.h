// The seam between a program and the arithmetic that it is made of. This folder is compiled once
// for each of them, in the namespace VIGIL_CPU_ARITHMETIC; the arithmetic's own folder, native/ or
// onednn/, defines what is declared here, in layout.h and in team.h.
#ifndef VIGIL_ENGINE_CPU_PROGRAM_ARITHMETIC_H_
#define VIGIL_ENGINE_CPU_PROGRAM_ARITHMETIC_H_

#include <optional>
#include <string>

#include "engine/cpu/program/program_builder.h"

namespace vigil::cpu::VIGIL_CPU_ARITHMETIC {

// What computes: "oneDNN 2.6.3", for figures.
std::string Describe();

// Makes ready what is made once a process; throws Error (Gpu, kUnavailable) where that fails.
void Start();

// Adds a step that rewrites a value in another layout of the same dimensions.
void AddReorder(ProgramBuilder& builder, SlotId from, const Layout& from_layout, SlotId to,
                const Layout& to_layout);

// The same for a constant, now. `to` holds to_layout.get_size() bytes.
void Repack(const float* from, const Layout& from_layout, std::byte* to, const Layout& to_layout);

// Which of a network's first nodes take a batch part by part, lest its values leave the caches.
struct PartPlan {
  int nodes = 0;               // 0: none
  std::optional<Graph> graph;  // the network at the parts' batch, a divisor of the whole
};
PartPlan PlanParts(const Graph& graph);

// Adds the steps of a node by the first kernel of the table that will. `needed_...`: by value, who
// depends on it. Throws Error that names the node.
void BuildNode(ProgramBuilder& builder, const Node& node, int index,
               std::span<const std::uint8_t> needed_by_outputs,
               std::span<const std::uint8_t> needed_at_all);

}  // namespace vigil::cpu::VIGIL_CPU_ARITHMETIC

#endif  // VIGIL_ENGINE_CPU_PROGRAM_ARITHMETIC_H_
