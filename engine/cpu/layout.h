// How values lie in memory: oneDNN's descriptors, and the plain one that the rest of the world
// knows.
#ifndef VIGIL_ENGINE_CPU_LAYOUT_H_
#define VIGIL_ENGINE_CPU_LAYOUT_H_

#include <span>
#include <string_view>

#include <oneapi/dnnl/dnnl.hpp>

#include "engine/tensor/tensor.h"

namespace vigil::cpu {

using Layout = dnnl::memory::desc;

dnnl::memory::dims DimsOf(const Shape& shape);

// Row-major float32, as TensorView has it; a scalar is one element.
Layout PlainLayout(const Shape& shape);
Layout PlainLayout(const dnnl::memory::dims& dims);

// Of these dimensions, in whatever order the primitive likes best.
Layout AnyLayout(const Shape& shape);

// oneDNN's failure as ours: (Gpu, kOutOfMemory), else (Model, kUnsupported); `where` names the
// node.
Error FromDnnl(const dnnl::error& error, std::string_view where);

}  // namespace vigil::cpu

#endif  // VIGIL_ENGINE_CPU_LAYOUT_H_
