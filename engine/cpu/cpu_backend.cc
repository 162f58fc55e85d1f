#include "engine/cpu/cpu_backend.h"

#include <fstream>

#include "engine/base/text.h"
#include "engine/cpu/arithmetic.h"
#include "engine/cpu/executable.h"
#include "engine/graph/half_emulation.h"
#include "engine/graph/passes.h"

namespace vigil {
namespace {

// As the kernel names it; "CPU" where it does not say.
std::string ProcessorName() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "CPU";
}

class CpuBackend : public Backend {
 public:
  CpuBackend()
      : device_(Text(ProcessorName(), ", ", cpu::AvailableThreads(), " threads, ",
                     cpu::DescribeArithmetic())) {}

  std::string_view name() const override { return "cpu"; }
  std::string device() const override { return device_; }

  std::unique_ptr<Executable> Compile(const Graph& graph, const CompileOptions& options) override {
    if (options.batch < 1) {
      throw Error(Fault::kApi, ErrorCode::kMisuse,
                  Text("batch ", options.batch, ": expected 1 or more"));
    }
    try {
      const bool same = graph.batch() == options.batch;
      Graph optimised = EmulateHalf(Optimize(same ? graph : graph.WithBatch(options.batch)));
      return std::make_unique<cpu::CpuExecutable>(std::move(optimised), options);
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
