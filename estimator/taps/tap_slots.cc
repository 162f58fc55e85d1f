#include "estimator/taps/tap_slots.h"

#include <ctime>
#include <limits>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/error.h"

namespace vigil {
namespace {

constexpr std::uint64_t kFree = 0, kReserved = 1, kTaken = 2, kFirstTicket = 3;
constexpr std::size_t kCacheLine = 64;

// std::atomic's own wait has no time limit. Returns at once where the word is no longer `expected`,
// else when woken or, unless it is null, after `limit`; also now and then for no reason.
void WaitOn(const std::atomic<std::uint32_t>& word, std::uint32_t expected, const timespec* limit) {
  static_assert(sizeof(word) == sizeof(std::uint32_t) &&
                std::atomic<std::uint32_t>::is_always_lock_free);
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, limit, nullptr, 0);
}

void Wake(const std::atomic<std::uint32_t>& word) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

}  // namespace

TapSlots::TapSlots(int slots, std::size_t slot_bytes)
    : states_(static_cast<std::size_t>(slots)),
      slot_bytes_(slot_bytes),
      stride_bytes_((slot_bytes + kCacheLine - 1) / kCacheLine * kCacheLine),
      next_ticket_(kFirstTicket) {
  VIGIL_CHECK(slots >= 1 && slots <= kMaxSlots);
  // Touched now, so that no page fault falls on T's path.
  memory_ = std::make_unique<std::byte[]>(stride_bytes_ * states_.size());
}

bool TapSlots::HasFree() const {
  for (const auto& state : states_) {
    if (state.load(std::memory_order_relaxed) == kFree) return true;
  }
  return false;
}

std::optional<int> TapSlots::Reserve() {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    std::uint64_t expected = kFree;
    // Acquire: the writer has finished reading what the slot held.
    if (states_[i].compare_exchange_strong(expected, kReserved, std::memory_order_acquire,
                                           std::memory_order_relaxed)) {
      return static_cast<int>(i);
    }
  }
  dropped_.fetch_add(1, std::memory_order_relaxed);
  return std::nullopt;
}

void TapSlots::Commit(int slot) {
  auto& state = states_.at(static_cast<std::size_t>(slot));
  VIGIL_CHECK(state.load(std::memory_order_relaxed) == kReserved);
  committed_.fetch_add(1, std::memory_order_relaxed);
  const std::int64_t waiting = waiting_.fetch_add(1, std::memory_order_relaxed) + 1;
  state.store(next_ticket_.fetch_add(1, std::memory_order_relaxed), std::memory_order_release);
  // Either this sees that the writer sleeps, or the writer sees the event before it does (Rest).
  events_.fetch_add(1, std::memory_order_seq_cst);
  const Writer writer = writer_.load(std::memory_order_seq_cst);
  if (writer == Writer::kAsleep || (writer == Writer::kDozing && 2 * waiting >= slots())) {
    Wake(events_);
  }
}

void TapSlots::Abandon(int slot) {
  auto& state = states_.at(static_cast<std::size_t>(slot));
  VIGIL_CHECK(state.load(std::memory_order_relaxed) == kReserved);
  abandoned_.fetch_add(1, std::memory_order_relaxed);
  state.store(kFree, std::memory_order_release);
}

std::span<std::byte> TapSlots::bytes(int slot) {
  VIGIL_CHECK(slot >= 0 && slot < slots());
  return {memory_.get() + static_cast<std::size_t>(slot) * stride_bytes_, slot_bytes_};
}

std::optional<int> TapSlots::Take() {
  std::uint64_t oldest = std::numeric_limits<std::uint64_t>::max();
  std::size_t found = 0;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const std::uint64_t state = states_[i].load(std::memory_order_acquire);
    if (state >= kFirstTicket && state < oldest) {
      oldest = state;
      found = i;
    }
  }
  if (oldest == std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
  states_[found].store(kTaken, std::memory_order_relaxed);  // only the one writer takes
  waiting_.fetch_sub(1, std::memory_order_relaxed);
  dozes_ = 0;
  return static_cast<int>(found);
}

void TapSlots::Release(int slot) {
  auto& state = states_.at(static_cast<std::size_t>(slot));
  VIGIL_CHECK(state.load(std::memory_order_relaxed) == kTaken);
  state.store(kFree, std::memory_order_release);
}

bool TapSlots::HasCommitted() const {
  for (const auto& state : states_) {
    if (state.load(std::memory_order_acquire) >= kFirstTicket) return true;
  }
  return false;
}

bool TapSlots::WaitForCommitted() {
  while (true) {
    if (HasCommitted()) return true;
    if (closed_.load(std::memory_order_acquire)) return false;
    Rest();
  }
}

void TapSlots::Rest() {
  const bool doze = dozes_ < kDozes;
  if (doze) ++dozes_;
  writer_.store(doze ? Writer::kDozing : Writer::kAsleep, std::memory_order_seq_cst);
  const std::uint32_t events = events_.load(std::memory_order_seq_cst);
  if (!HasCommitted() && !closed_.load(std::memory_order_acquire)) {
    constexpr timespec kLimit{0, std::chrono::nanoseconds(kDoze).count()};
    WaitOn(events_, events, doze ? &kLimit : nullptr);
  }
  writer_.store(Writer::kAwake, std::memory_order_relaxed);
}

void TapSlots::Hurry() {
  events_.fetch_add(1, std::memory_order_seq_cst);
  Wake(events_);
}

void TapSlots::Close() {
  closed_.store(true, std::memory_order_release);
  Hurry();
}

}  // namespace vigil
