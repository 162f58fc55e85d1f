#include "engine/cpu/cpu_backend.h"

#include "engine/base/text.h"
#include "engine/cpu/arithmetics.h"
#include "engine/cpu/processors.h"
#include "engine/graph/half_emulation.h"
#include "engine/graph/passes.h"

namespace vigil {
namespace {

std::string DescribeArithmetics() {
  std::string text = cpu::native::Describe();
#if VIGIL_HAVE_ONEDNN
  text += Text(" and ", cpu::onednn::Describe());
#endif
  return text;
}

// How much slower plain loops are than kernels, about.
constexpr std::int64_t kPlainLoops = 200;

// Our own kernels, whose threads are our own too, unless they leave so much to plain loops
// (integers, above all) that it would be felt, and oneDNN has kernels for it.
std::unique_ptr<Executable> CompileBest(const Graph& graph, const CompileOptions& options) {
  std::unique_ptr<cpu::CompiledGraph> best = cpu::native::CompileGraph(graph, options);
#if VIGIL_HAVE_ONEDNN
  if (best->plain_operations() * kPlainLoops > graph.Cost().flops) {
    auto other = cpu::onednn::CompileGraph(graph, options);
    if (other->plain_operations() < best->plain_operations()) best = std::move(other);
  }
#endif
  return best;
}

class CpuBackend : public Backend {
 public:
  CpuBackend()
      : device_(Text(cpu::ProcessorName(), ", ", cpu::AvailableThreads(), " threads, ",
                     DescribeArithmetics())) {}

  std::string_view name() const override { return "cpu"; }
  std::string device() const override { return device_; }

  std::unique_ptr<Executable> Compile(const Graph& graph, const CompileOptions& options) override {
    if (options.batch < 1) {
      throw Error(Fault::kApi, ErrorCode::kMisuse,
                  Text("batch ", options.batch, ": expected 1 or more"));
    }
    try {
      const bool same = graph.batch() == options.batch;
      const Graph optimised = EmulateHalf(Optimize(same ? graph : graph.WithBatch(options.batch)));
      return CompileBest(optimised, options);
    } catch (const std::bad_alloc&) {
      throw Error(Fault::kGpu, ErrorCode::kOutOfMemory, "cpu: out of memory while compiling");
    }
  }

 private:
  const std::string device_;
};

}  // namespace

std::shared_ptr<Backend> MakeCpuBackend() { return std::make_shared<CpuBackend>(); }

}  // namespace vigil
