// The bounded hand-over of encoded taps from T to the thread that writes them.
#ifndef VIGIL_ESTIMATOR_TAPS_TAP_SLOTS_H_
#define VIGIL_ESTIMATOR_TAPS_TAP_SLOTS_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace vigil {

// A fixed number of buffers. T's side reserves one before a run, fills it and commits it; the
// writer takes the oldest committed one, stores it and releases it. Where none is free the record
// is dropped and counted: T never waits.
//
// Representation: each slot has an atomic state that goes free -> reserved -> committed -> taken ->
// free; an abandoned one goes from reserved back to free. There is no lock at all, since a lock
// could be held by a low-priority writer that was preempted (DESIGN.md contract 6).
//
// Waking a thread costs T tens of microseconds where a core must be roused for it. So a writer that
// has just had a record dozes: it looks again every kDoze by itself, and T wakes it only when half
// of the slots are full. Having dozed kDozes times for nothing it sleeps, and the next Commit wakes
// it.
//
// Threads: any number on T's side, one writer. A slot belongs to whoever reserved or took it until
// Commit, Abandon or Release; these hand over the bytes and whatever else the parties keep for that
// slot by its index (time, output, sampling decision), properly ordered between the threads.
class TapSlots {
 public:
  static constexpr int kMaxSlots = 64;
  static constexpr std::chrono::milliseconds kDoze{20};
  static constexpr int kDozes = 50;

  // REQUIRES: 1 <= slots <= kMaxSlots.
  TapSlots(int slots, std::size_t slot_bytes);

  // T's side. Reserve gives a slot's index, or none where all are in use. After HasFree() a thread
  // that reserves alone is sure to get one.
  bool HasFree() const;
  std::optional<int> Reserve();
  void Commit(int slot);   // REQUIRES: reserved
  void Abandon(int slot);  // REQUIRES: reserved; the run failed, nothing is stored

  // Of a slot that the caller reserved or took.
  std::span<std::byte> bytes(int slot);

  // The writer's side. Take gives the slot that was committed first, or none.
  std::optional<int> Take();
  void Release(int slot);  // REQUIRES: taken
  // Waits until a slot is committed (true) or Close was called and none is left (false).
  bool WaitForCommitted();
  // From any thread: a writer that dozes looks at once; Close also ends the waiting.
  void Hurry();
  void Close();

  int slots() const { return static_cast<int>(states_.size()); }
  std::size_t slot_bytes() const { return slot_bytes_; }
  std::int64_t committed() const { return committed_.load(std::memory_order_relaxed); }
  std::int64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }
  std::int64_t abandoned() const { return abandoned_.load(std::memory_order_relaxed); }

 private:
  enum class Writer : std::uint32_t { kAwake, kDozing, kAsleep };

  bool HasCommitted() const;
  void Rest();

  // 0 free, 1 reserved, 2 taken; kFirstTicket and up: committed, the smallest first.
  std::vector<std::atomic<std::uint64_t>> states_;
  std::size_t slot_bytes_;
  std::size_t stride_bytes_;  // slot_bytes_ rounded up to a cache line
  std::unique_ptr<std::byte[]> memory_;
  std::atomic<std::uint64_t> next_ticket_;
  std::atomic<std::uint32_t> events_{0};  // counts commits, hurries and closes; the writer's futex
  std::atomic<Writer> writer_{Writer::kAwake};
  int dozes_ = kDozes;                    // of the writer, since it last had a record
  std::atomic<std::int64_t> waiting_{0};  // committed and not taken
  std::atomic<bool> closed_{false};
  std::atomic<std::int64_t> committed_{0}, dropped_{0}, abandoned_{0};
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TAPS_TAP_SLOTS_H_
