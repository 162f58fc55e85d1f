// A row of pixels in tiles of equal size; for the sources that every instruction set compiles anew.
#ifndef VIGIL_ENGINE_CPU_NATIVE_TILE_ROW_H_
#define VIGIL_ENGINE_CPU_NATIVE_TILE_ROW_H_

#include <cstddef>

namespace vigil::cpu::native {
namespace {

// tiles[n - 1] does n pixels of the job from `first` on. Of equal size, for the last would be a
// small and slow one.
template <typename Job, std::size_t kTiles>
[[gnu::always_inline]] inline void RunEqualTiles(
    const Job& job, void (*const (&tiles)[kTiles])(const Job&, std::ptrdiff_t first)) {
  constexpr std::ptrdiff_t kMost = kTiles;
  const std::ptrdiff_t count = (job.pixels + kMost - 1) / kMost;
  std::ptrdiff_t first = 0;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    const std::ptrdiff_t size = job.pixels / count + (i < job.pixels % count);
    tiles[size - 1](job, first);
    first += size;
  }
}

}  // namespace
}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_TILE_ROW_H_
