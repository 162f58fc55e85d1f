// Which commands wait for which, on literal ranges.
#include "engine/vulkan/hazards.h"

#include <array>

#include <gtest/gtest.h>

namespace vigil::vulkan {
namespace {

constexpr int kArena = 0, kTaps = 2;

TouchedRange Read(std::size_t begin, std::size_t end, int buffer = kArena) {
  return {buffer, begin, end, false};
}
TouchedRange Write(std::size_t begin, std::size_t end, int buffer = kArena) {
  return {buffer, begin, end, true};
}

// Whether a command that touches `next` waits for one that touched `before`.
bool Waits(const TouchedRange& before, const TouchedRange& next) {
  HazardTracker tracker;
  tracker.Add(std::array{before});
  return tracker.Conflicts(std::array{next});
}

TEST(Hazards, NothingBefore_NeverWaits) {
  EXPECT_FALSE(HazardTracker().Conflicts(std::array{Write(0, 64)}));
}

TEST(Hazards, ReadAfterRead_DoesNotWait) { EXPECT_FALSE(Waits(Read(0, 64), Read(0, 64))); }

TEST(Hazards, ReadAfterWrite_Waits) { EXPECT_TRUE(Waits(Write(0, 64), Read(0, 64))); }

TEST(Hazards, WriteAfterRead_Waits) {  // reuse of memory that is still read
  EXPECT_TRUE(Waits(Read(0, 64), Write(0, 64)));
}

TEST(Hazards, WriteAfterWrite_Waits) { EXPECT_TRUE(Waits(Write(0, 64), Write(0, 64))); }

TEST(Hazards, OneByteInCommon_IsEnough) {
  EXPECT_TRUE(Waits(Write(0, 65), Read(64, 128)));
  EXPECT_TRUE(Waits(Write(64, 128), Read(0, 65)));
  EXPECT_TRUE(Waits(Write(0, 256), Read(64, 65))) << "within";
  EXPECT_TRUE(Waits(Write(64, 65), Read(0, 256))) << "around";
}

TEST(Hazards, TouchingRanges_DoNotOverlap) {
  EXPECT_FALSE(Waits(Write(0, 64), Read(64, 128)));
  EXPECT_FALSE(Waits(Write(64, 128), Write(0, 64)));
}

TEST(Hazards, OtherBuffers_DoNotConflict) {
  EXPECT_FALSE(Waits(Write(0, 64, kArena), Write(0, 64, kTaps)));
}

TEST(Hazards, AnyRangeOfACommand_MayConflict) {
  HazardTracker tracker;
  tracker.Add(std::array{Read(0, 64), Write(64, 128)});
  EXPECT_FALSE(tracker.Conflicts(std::array{Read(0, 64), Write(128, 192)}));
  EXPECT_TRUE(tracker.Conflicts(std::array{Read(64, 128), Write(128, 192)}));
  EXPECT_TRUE(tracker.Conflicts(std::array{Read(128, 192), Write(32, 40)}));
}

TEST(Hazards, EveryCommandSinceTheBarrier_IsRemembered) {
  HazardTracker tracker;
  tracker.Add(std::array{Write(0, 64)});
  tracker.Add(std::array{Write(64, 128)});
  EXPECT_TRUE(tracker.Conflicts(std::array{Read(0, 64)}));
  EXPECT_TRUE(tracker.Conflicts(std::array{Read(64, 128)}));
}

TEST(Hazards, Clear_ForgetsEverything) {
  HazardTracker tracker;
  tracker.Add(std::array{Write(0, 64), Read(64, 128)});
  tracker.Clear();
  EXPECT_FALSE(tracker.Conflicts(std::array{Write(0, 128)}));
  tracker.Add(std::array{Write(0, 128)});
  EXPECT_TRUE(tracker.Conflicts(std::array{Read(0, 1)}));
}

TEST(Hazards, AskingAlone_AddsNothing) {
  HazardTracker tracker;
  EXPECT_FALSE(tracker.Conflicts(std::array{Write(0, 64)}));
  EXPECT_FALSE(tracker.Conflicts(std::array{Write(0, 64)}));
}

}  // namespace
}  // namespace vigil::vulkan
