// oneDNN's memory descriptors, and its engine.
#ifndef VIGIL_ENGINE_CPU_ONEDNN_LAYOUT_H_
#define VIGIL_ENGINE_CPU_ONEDNN_LAYOUT_H_

#include <string_view>

#include <oneapi/dnnl/dnnl.hpp>

#include "engine/tensor/tensor.h"

namespace vigil::cpu::onednn {

using Layout = dnnl::memory::desc;

// The only one, made at the first call; dnnl::error passes.
const dnnl::engine& DnnlEngine();

dnnl::memory::dims DimsOf(const Shape& shape);

Layout PlainLayout(const dnnl::memory::dims& dims);

// Of these dimensions, in whatever order the primitive likes best.
Layout AnyLayout(const Shape& shape);

// oneDNN's failure as ours: (Gpu, kOutOfMemory), else (Model, kUnsupported); `where` names the
// node.
Error FromDnnl(const dnnl::error& error, std::string_view where);

}  // namespace vigil::cpu::onednn

#endif  // VIGIL_ENGINE_CPU_ONEDNN_LAYOUT_H_
