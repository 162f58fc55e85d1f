// What computes: one or two arithmetics, each of them engine/cpu/program compiled in a namespace of
// its own with the kernels of its folder.
#ifndef VIGIL_ENGINE_CPU_ARITHMETICS_H_
#define VIGIL_ENGINE_CPU_ARITHMETICS_H_

#include <memory>
#include <string>

#include "engine/backend/backend.h"

namespace vigil::cpu {

class CompiledGraph : public Executable {
 public:
  // Of a run, in the nodes that no kernel of the arithmetic takes, so that the operator's plain
  // loops do them one by one.
  virtual std::int64_t plain_operations() const = 0;
};

// Each has, with `graph` optimised and of the options' batch:
//   Describe()      "AVX-512, own kernels"
//   CompileGraph()  throws as Backend::Compile, std::bad_alloc, and Error (Gpu, kUnavailable) where
//                   the arithmetic cannot start
namespace native {
std::string Describe();
std::unique_ptr<CompiledGraph> CompileGraph(const Graph& graph, const CompileOptions& options);
}  // namespace native

#if VIGIL_HAVE_ONEDNN
namespace onednn {
std::string Describe();
std::unique_ptr<CompiledGraph> CompileGraph(const Graph& graph, const CompileOptions& options);
}  // namespace onednn
#endif

}  // namespace vigil::cpu

#endif  // VIGIL_ENGINE_CPU_ARITHMETICS_H_
