#include "bench/speed/peaks.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "bench/figures.h"
#include "engine/base/text.h"
#if VIGIL_HAVE_VULKAN
#include "engine/vulkan/peaks/peaks.h"
#endif

namespace vigil::bench {
namespace {

constexpr int kTries = 40;  // of a millisecond or a few, so that some are left alone
constexpr int kLanes = 16;
constexpr int kChains = 10;  // more than the latency of a sum times two units
constexpr std::int64_t kSteps = 1 << 18;
constexpr std::size_t kCopyBytes = std::size_t{64} << 20;

using Lanes = float __attribute__((vector_size(kLanes * 4)));

std::atomic<float> sink;  // so that no result is for nobody

// One source for every processor; the loader picks.
#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2,fma", "default")))
#endif
void MultiplyAndAdd() {
  // Named one by one, so that all of them stay in registers.
  Lanes a = Lanes{} + 0.999f, b = Lanes{} + 0.001f;
  Lanes c0 = b, c1 = b, c2 = b, c3 = b, c4 = b, c5 = b, c6 = b, c7 = b, c8 = b, c9 = b;
  for (std::int64_t step = 0; step < kSteps; ++step) {
    c0 = c0 * a + b;
    c1 = c1 * a + b;
    c2 = c2 * a + b;
    c3 = c3 * a + b;
    c4 = c4 * a + b;
    c5 = c5 * a + b;
    c6 = c6 * a + b;
    c7 = c7 * a + b;
    c8 = c8 * a + b;
    c9 = c9 * a + b;
  }
  sink = (c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9)[0];
}

// The same of bytes, by what the processor has for it; operations of a step.
#if defined(__x86_64__)
using Ints = __m512i;

__attribute__((target("avx512f,avx512vnni"))) void DotBytes() {
  const Ints a = _mm512_set1_epi32(0x01020304), b = _mm512_set1_epi32(0x7f01ff02);
  Ints c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a;
  for (std::int64_t step = 0; step < kSteps; ++step) {
    c0 = _mm512_dpbusd_epi32(c0, a, b);
    c1 = _mm512_dpbusd_epi32(c1, a, b);
    c2 = _mm512_dpbusd_epi32(c2, a, b);
    c3 = _mm512_dpbusd_epi32(c3, a, b);
    c4 = _mm512_dpbusd_epi32(c4, a, b);
    c5 = _mm512_dpbusd_epi32(c5, a, b);
    c6 = _mm512_dpbusd_epi32(c6, a, b);
    c7 = _mm512_dpbusd_epi32(c7, a, b);
    c8 = _mm512_dpbusd_epi32(c8, a, b);
    c9 = _mm512_dpbusd_epi32(c9, a, b);
  }
  const Ints all = c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9;
  sink = static_cast<float>(all[0]);
}
bool HasDotBytes() { return __builtin_cpu_supports("avx512vnni"); }
#else
void DotBytes() {}
bool HasDotBytes() { return false; }
#endif

// Seconds until all threads are done, the least of several tries.
double Seconds(int threads, const std::function<void(int)>& work) {
  double least = 1e9;
  for (int i = 0; i < kTries; ++i) {
    std::atomic<int> ready{0};
    std::atomic<bool> go{false};
    std::vector<std::thread> others;
    for (int t = 0; t < threads; ++t) {
      others.emplace_back([&, t] {
        ++ready;
        while (!go) {
        }
        work(t);
      });
    }
    while (ready < threads) std::this_thread::yield();
    const auto begin = Clock::now();
    go = true;
    for (std::thread& other : others) other.join();
    least = std::min(least, MicrosecondsSince(begin) / 1e6);
  }
  return least;
}

}  // namespace

Peaks MeasurePeaks(int threads) {
  Peaks peaks;
  const double sums = Seconds(threads, [](int) { MultiplyAndAdd(); });
  peaks.gflops = 2.0 * kLanes * kChains * static_cast<double>(kSteps) * threads / sums / 1e9;
  if (HasDotBytes()) {
    const double dots = Seconds(threads, [](int) { DotBytes(); });
    peaks.int8_gops = 8.0 * kLanes * kChains * static_cast<double>(kSteps) * threads / dots / 1e9;
  }
  std::vector<char> from(kCopyBytes, 1), to(kCopyBytes, 2);
  const std::size_t part = kCopyBytes / static_cast<std::size_t>(threads);
  const double copied = Seconds(threads, [&](int t) {
    const std::size_t at = part * static_cast<std::size_t>(t);
    std::memcpy(to.data() + at, from.data() + at, part);
  });
  peaks.copy_gb_second = 2.0 * static_cast<double>(kCopyBytes) / copied / 1e9;
  return peaks;
}

Peaks MeasurePeaksOf([[maybe_unused]] const std::string& device) {
  Peaks peaks;
#if VIGIL_HAVE_VULKAN
  const VulkanPeaks measured = MeasureVulkanPeaks(std::stoi(device.substr(device.find(':') + 1)));
  peaks.gflops = measured.gflops;
  peaks.copy_gb_second = measured.copy_gb_second;
#endif
  return peaks;
}

std::string PeaksText(const Peaks& peaks) {
  std::string text = Text(std::lround(peaks.gflops), " GFLOP/s in registers, ");
  if (peaks.int8_gops > 0.0) text += Text(std::lround(peaks.int8_gops), " Gop/s of bytes, ");
  return text + Text("copies ", std::lround(peaks.copy_gb_second), " GB/s");
}

}  // namespace vigil::bench
