// A graph as a list of steps over slots of memory: what Compile makes and Run executes.
#ifndef VIGIL_ENGINE_CPU_PROGRAM_PROGRAM_H_
#define VIGIL_ENGINE_CPU_PROGRAM_PROGRAM_H_

#include <cstdlib>
#include <memory>
#include <vector>

#include "engine/cpu/program/step.h"
#include "engine/tensor/tensor.h"

namespace vigil::cpu::VIGIL_CPU_ARITHMETIC {

// Uninitialised memory, aligned for the widest vectors. Throws Error (Gpu, kOutOfMemory).
class AlignedBuffer {
 public:
  static constexpr std::size_t kAlignment = 64;

  explicit AlignedBuffer(std::size_t bytes);
  std::byte* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(std::byte* data) const { std::free(data); }
  };
  std::unique_ptr<std::byte, Free> data_;
};

// Exactly one of: `fixed` memory (constants), `external` memory that each run brings, a window on
// another slot, or `bytes` of the arena while steps first to last run (first -1: never used).
struct Slot {
  std::size_t bytes = 0;
  int first = -1;
  int last = -1;
  std::byte* fixed = nullptr;
  bool external = false;
  // A window: from `offset` of slot `whole` on, and further by `part_bytes` with every part.
  SlotId whole = -1;
  std::size_t offset = 0, part_bytes = 0;
};

struct ProgramStep {
  std::unique_ptr<Step> step;
  int node = 0;           // index in the compiled graph; -1: copies the outputs out
  bool tap_only = false;  // left out where the caller keeps no taps
};

// Steps [first, end) run `count` times, each time for the next part of the batch.
struct Parts {
  int count = 1;
  std::size_t first = 0, end = 0;
};

struct Program {
  std::vector<Slot> slots;
  std::vector<ProgramStep> steps;
  Parts parts;
  std::vector<SlotId> inputs, outputs;  // as the graph's, external
  SlotId tap_slot = -1;                 // external

  std::vector<AlignedBuffer> packed;                     // constants in other layouts
  std::vector<std::shared_ptr<const Tensor>> constants;  // those used as they are
  std::size_t weight_bytes = 0;
  std::int64_t plain_operations = 0;  // CompiledGraph's
};

}  // namespace vigil::cpu::VIGIL_CPU_ARITHMETIC

#endif  // VIGIL_ENGINE_CPU_PROGRAM_PROGRAM_H_
