#include "engine/cpu/native/instruction_set.h"

#include <cstdlib>
#if defined(__x86_64__)
#include <cpuid.h>
#endif
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil::cpu::native {
namespace {

#if defined(__x86_64__)
// Compilers of 2022 do not know it by name.
bool HasAvxVnni() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & (1u << 4)) != 0;
}
#endif

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

std::vector<const ByteKernels*> FindUsableBytes() {
  std::vector<const ByteKernels*> usable;
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
  if (avx512 && __builtin_cpu_supports("avx512vnni")) usable.push_back(&kAvx512VnniBytes);
  if (avx2 && HasAvxVnni()) usable.push_back(&kAvxVnniBytes);
  if (avx2) usable.push_back(&kAvx2Bytes);
#endif
  usable.push_back(&kBaselineBytes);
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

std::span<const ByteKernels* const> UsableByteKernels() {
  static const std::vector<const ByteKernels*> usable = FindUsableBytes();
  return usable;
}

const ByteKernels& ChosenByteKernels() {
  const std::string_view floats = ChosenKernels().name;
  const auto usable = UsableByteKernels();
  if (floats == UsableKernels().front()->name) return *usable.front();
  for (const ByteKernels* kernels : usable) {
    if (floats == kernels->name) return *kernels;
  }
  return *usable.back();
}

}  // namespace vigil::cpu::native
