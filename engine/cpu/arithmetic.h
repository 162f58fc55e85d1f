// The seam between a program and the arithmetic that it is made of. Exactly one of the folders
// onednn/ and native/ is built, and defines what is declared here, in layout.h and in team.h.
#ifndef VIGIL_ENGINE_CPU_ARITHMETIC_H_
#define VIGIL_ENGINE_CPU_ARITHMETIC_H_

#include <string>

#include "engine/cpu/program_builder.h"

namespace vigil::cpu {

// What computes: "AVX-512, oneDNN 2.6.3", for figures. The first call makes ready what is made once
// a process; throws Error (Gpu, kUnavailable) where that fails.
std::string DescribeArithmetic();

// Adds a step that rewrites a value in another layout of the same dimensions.
void AddReorder(ProgramBuilder& builder, SlotId from, const Layout& from_layout, SlotId to,
                const Layout& to_layout);

// The same for a constant, now. `to` holds to_layout.get_size() bytes.
void Repack(const float* from, const Layout& from_layout, std::byte* to, const Layout& to_layout);

// Adds the steps of a node by the first kernel of the table that will. `needed_...`: by value, who
// depends on it. Throws Error that names the node.
void BuildNode(ProgramBuilder& builder, const Node& node, int index,
               std::span<const std::uint8_t> needed_by_outputs,
               std::span<const std::uint8_t> needed_at_all);

}  // namespace vigil::cpu

#endif  // VIGIL_ENGINE_CPU_ARITHMETIC_H_
