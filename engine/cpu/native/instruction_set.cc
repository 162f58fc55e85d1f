#include "engine/cpu/native/instruction_set.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil::cpu::native {
namespace {

std::vector<const VectorKernels*> FindUsable() {
  std::vector<const VectorKernels*> usable;
#if defined(__x86_64__)
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
  if (avx512) usable.push_back(&kAvx512Kernels);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    usable.push_back(&kAvx2Kernels);
  }
#endif
  usable.push_back(&kBaselineKernels);
  return usable;
}

}  // namespace

std::span<const VectorKernels* const> UsableKernels() {
  static const std::vector<const VectorKernels*> usable = FindUsable();
  return usable;
}

const VectorKernels& ChosenKernels() {
  const char* wanted = std::getenv("VIGIL_CPU_ISA");
  if (!wanted) return *UsableKernels().front();
  std::string names;
  for (const VectorKernels* kernels : UsableKernels()) {
    if (std::string_view(wanted) == kernels->name) return *kernels;
    names += Text(names.empty() ? "" : ", ", kernels->name);
  }
  throw Error(Fault::kGpu, ErrorCode::kUnavailable,
              Text("cpu: VIGIL_CPU_ISA is '", wanted, "': this processor has ", names));
}

}  // namespace vigil::cpu::native
