// How values lie in memory: `Layout`, a value of the arithmetic that this is compiled for
// (arithmetic.h). Every one has ==, get_size() in bytes, and a default that is no layout at all.
#ifndef VIGIL_ENGINE_CPU_PROGRAM_LAYOUT_H_
#define VIGIL_ENGINE_CPU_PROGRAM_LAYOUT_H_

#include <optional>

#include "engine/tensor/encoding.h"

#if VIGIL_CPU_IS_ONEDNN
#include "engine/cpu/onednn/layout.h"
#else
#include "engine/cpu/native/layout.h"
#endif

namespace vigil::cpu::VIGIL_CPU_ARITHMETIC {

// Row-major float32, as TensorView has it and the rest of the world knows it; a scalar is one
// element.
Layout PlainLayout(const Shape& shape);
// The same of any element type; one that is not float32 is so many bytes, which nobody reorders.
Layout PlainLayout(const TensorDesc& desc);

// The same for a batch of so many samples. REQUIRES: samples lie one after the other.
Layout OfBatch(const Layout& layout, std::int64_t samples);

// How a float32 value of this shape lies in this layout; none: in a way that has no name.
std::optional<ChannelOrder> ChannelOrderOf(const Layout& layout, const Shape& shape);

}  // namespace vigil::cpu::VIGIL_CPU_ARITHMETIC

#endif  // VIGIL_ENGINE_CPU_PROGRAM_LAYOUT_H_
