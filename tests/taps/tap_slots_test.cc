#include "estimator/taps/tap_slots.h"

#include <cstring>
#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace vigil {
namespace {

TEST(TapSlots, Reserve_WhenAllAreInUse_GivesNoneAndCountsTheDrop) {
  TapSlots slots(2, 16);
  EXPECT_TRUE(slots.Reserve());
  EXPECT_TRUE(slots.Reserve());
  EXPECT_FALSE(slots.Reserve());
  EXPECT_EQ(slots.dropped(), 1);
}

TEST(TapSlots, Reserve_AfterAbandon_GivesTheSlotAgain) {
  TapSlots slots(1, 16);
  slots.Abandon(*slots.Reserve());
  EXPECT_TRUE(slots.Reserve());
  EXPECT_EQ(slots.abandoned(), 1);
  EXPECT_EQ(slots.dropped(), 0);
}

TEST(TapSlots, Reserve_WhileTheWriterReads_DoesNotGiveThatSlot) {
  TapSlots slots(1, 16);
  slots.Commit(*slots.Reserve());
  const int taken = *slots.Take();
  EXPECT_FALSE(slots.Reserve());
  slots.Release(taken);
  EXPECT_TRUE(slots.Reserve());
}

TEST(TapSlots, Take_GivesCommittedSlotsInTheOrderOfTheirCommits) {
  TapSlots slots(3, 16);
  const int a = *slots.Reserve(), b = *slots.Reserve(), c = *slots.Reserve();
  slots.Commit(c);
  slots.Commit(a);
  EXPECT_EQ(slots.Take(), c);
  slots.Commit(b);
  EXPECT_EQ(slots.Take(), a);
  EXPECT_EQ(slots.Take(), b);
  EXPECT_FALSE(slots.Take());
}

TEST(TapSlots, Bytes_OfDifferentSlots_DoNotOverlap) {
  TapSlots slots(2, 5);
  std::memset(slots.bytes(0).data(), 1, 5);
  std::memset(slots.bytes(1).data(), 2, 5);
  EXPECT_EQ(slots.bytes(0).size(), 5u);
  for (const std::byte b : slots.bytes(0)) EXPECT_EQ(b, std::byte{1});
}

TEST(TapSlots, WaitForCommitted_AfterClose_StillDeliversWhatIsLeft) {
  TapSlots slots(1, 4);
  slots.Commit(*slots.Reserve());
  slots.Close();
  EXPECT_TRUE(slots.WaitForCommitted());
  slots.Release(*slots.Take());
  EXPECT_FALSE(slots.WaitForCommitted());
}

// However deep the writer rests, it comes back: far more records than dozes, at moments of its rest
// that differ, each handed over before the next begins.
TEST(TapSlots, WaitForCommitted_WhileItDozesOrSleeps_ComesBackForEachCommit) {
  TapSlots slots(4, 8);
  std::atomic<int> stored{0};
  std::thread writer([&] {
    while (slots.WaitForCommitted()) {
      slots.Release(*slots.Take());
      stored.fetch_add(1);
      stored.notify_one();
    }
  });
  for (int i = 0; i < 100; ++i) {
    slots.Commit(*slots.Reserve());
    if (i % 2 == 0) slots.Hurry();
    for (int seen = stored.load(); seen <= i; seen = stored.load()) stored.wait(seen);
  }
  slots.Close();
  writer.join();
  EXPECT_EQ(stored.load(), 100);
}

TEST(TapSlots, Commit_OfHalfTheSlots_WakesADozingWriterBeforeItLooksByItself) {
  TapSlots slots(2, 8);
  slots.Commit(*slots.Reserve());
  ASSERT_TRUE(slots.WaitForCommitted());
  slots.Release(*slots.Take());  // from now on it dozes
  std::atomic<std::int64_t> stored{0};
  std::thread writer([&] {
    while (slots.WaitForCommitted()) {
      slots.Release(*slots.Take());
      stored.fetch_add(1);
      stored.notify_one();
    }
  });
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 200; ++i) {
    slots.Commit(*slots.Reserve());
    for (std::int64_t seen = stored.load(); seen <= i; seen = stored.load()) stored.wait(seen);
  }
  // Were it left to doze each time, 200 times 20 ms.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 100 * TapSlots::kDoze);
  slots.Close();
  writer.join();
}

// Two threads of T against one writer: every committed record arrives whole and once, and what did
// not arrive was counted.
TEST(TapSlots, ConcurrentCommits_ArriveWholeAndOnce) {
  constexpr int kPerThread = 20000;
  constexpr std::size_t kWords = 32;
  TapSlots slots(4, kWords * sizeof(std::uint64_t));
  const auto produce = [&](std::uint64_t thread) {
    for (std::uint64_t i = 0; i < kPerThread; ++i) {
      const std::optional<int> slot = slots.Reserve();
      if (!slot) continue;
      std::vector<std::uint64_t> words(kWords, thread * kPerThread + i);
      std::memcpy(slots.bytes(*slot).data(), words.data(), words.size() * sizeof(words[0]));
      slots.Commit(*slot);
    }
  };
  std::set<std::uint64_t> seen;
  bool torn = false;
  std::thread writer([&] {
    while (slots.WaitForCommitted()) {
      const int slot = *slots.Take();
      std::vector<std::uint64_t> words(kWords);
      std::memcpy(words.data(), slots.bytes(slot).data(), slots.slot_bytes());
      slots.Release(slot);
      for (const std::uint64_t word : words) torn |= word != words[0];
      seen.insert(words[0]);
    }
  });
  std::thread first(produce, 0), second(produce, 1);
  first.join();
  second.join();
  slots.Close();
  writer.join();
  EXPECT_FALSE(torn);
  EXPECT_EQ(static_cast<std::int64_t>(seen.size()), slots.committed());
  EXPECT_EQ(slots.committed() + slots.dropped(), 2 * kPerThread);
}

}  // namespace
}  // namespace vigil
