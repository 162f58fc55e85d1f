#include "estimator/taps/tap_slots.h"

#include <limits>

#include "engine/base/error.h"

namespace vigil {
namespace {

constexpr std::uint64_t kFree = 0, kReserved = 1, kTaken = 2, kFirstTicket = 3;
constexpr std::size_t kCacheLine = 64;

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
  state.store(next_ticket_.fetch_add(1, std::memory_order_relaxed), std::memory_order_release);
  events_.fetch_add(1, std::memory_order_release);
  events_.notify_one();
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
  return static_cast<int>(found);
}

void TapSlots::Release(int slot) {
  auto& state = states_.at(static_cast<std::size_t>(slot));
  VIGIL_CHECK(state.load(std::memory_order_relaxed) == kTaken);
  state.store(kFree, std::memory_order_release);
}

bool TapSlots::WaitForCommitted() {
  while (true) {
    const std::uint32_t events = events_.load(std::memory_order_acquire);
    for (const auto& state : states_) {
      if (state.load(std::memory_order_acquire) >= kFirstTicket) return true;
    }
    if (closed_.load(std::memory_order_acquire)) return false;
    events_.wait(events, std::memory_order_acquire);
  }
}

void TapSlots::Close() {
  closed_.store(true, std::memory_order_release);
  events_.fetch_add(1, std::memory_order_release);
  events_.notify_all();
}

}  // namespace vigil
