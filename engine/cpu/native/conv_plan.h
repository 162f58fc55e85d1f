// What convolutions, transposed ones too, have in common as rows of tiles.
#ifndef VIGIL_ENGINE_CPU_NATIVE_CONV_PLAN_H_
#define VIGIL_ENGINE_CPU_NATIVE_CONV_PLAN_H_

#include <span>
#include <vector>

#include "engine/cpu/native/tile_plan.h"

namespace vigil::cpu::native {

// Blocks of the output must not mix groups, and are not worth their padding for a few channels.
Layout ConvOutputLayout(const Shape& shape, std::int64_t groups);

// Sets the offsets of the terms: for every group the taps, for each of them the group's channels,
// so that what lies together is read together. `taps`: pixels from the place of an output's row and
// column to what the tap reads, may be none.
void SetTerms(TilePlan& plan, const Layout& x, std::span<const std::int64_t> taps);

// Sets where samples, groups, blocks and lanes of the output lie. REQUIRES: the plan's groups.
void SetOutput(TilePlan& plan, const Layout& y);

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_CONV_PLAN_H_
