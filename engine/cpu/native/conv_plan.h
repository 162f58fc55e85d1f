// What convolutions, transposed ones too, have in common as rows of tiles.
#ifndef VIGIL_ENGINE_CPU_NATIVE_CONV_PLAN_H_
#define VIGIL_ENGINE_CPU_NATIVE_CONV_PLAN_H_

#include <array>
#include <span>
#include <vector>

#include "engine/cpu/native/tile_plan.h"

namespace vigil::cpu::native {

using Pair = std::array<std::int64_t, 2>;  // of rows and columns

// Blocks of the output must not mix groups, and are not worth their padding for a few channels.
Layout ConvOutputLayout(const Shape& shape, std::int64_t groups);

// Sets the offsets of the terms: for every group the taps, for each of them the group's channels,
// so that what lies together is read together. `taps`: pixels from the place of an output's row and
// column to what the tap reads, may be none.
void SetTerms(TilePlan& plan, const Layout& x, std::span<const std::int64_t> taps);

// Rows and columns of the kernel, as pixels of the padded input.
std::vector<std::int64_t> TapsOf(const Pair& kernel, const Pair& dilations, const Layout& x);

// Sets the rows of pixels and where they lie in the padded input. A convolution of single pixels
// has no rows of its own: they are cut to a few tiles each.
void SetRows(TilePlan& plan, const Pair& kernel, const Pair& strides, const Layout& x,
             const Shape& y, int tile_pixels);

// Sets where samples, groups, blocks and lanes of the output lie. REQUIRES: the plan's groups.
void SetOutput(TilePlan& plan, const Layout& y);

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_CONV_PLAN_H_
