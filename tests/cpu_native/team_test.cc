// The threads of an executable: every job once, whatever the numbers.
#include "engine/cpu/native/team.h"

#include <array>
#include <atomic>

#include <gtest/gtest.h>

namespace vigil::cpu::native {
namespace {

TEST(Team, ForEach_DoesEveryJobOnce) {
  for (const int threads : {1, 2, 3, 8}) {
    Team team(threads, false);
    EXPECT_EQ(team.threads(), threads);
    team.Run([&] {
      for (const std::int64_t count : {0, 1, 2, 7, 100}) {
        for (int round = 0; round < 50; ++round) {
          std::vector<std::atomic<int>> done(static_cast<std::size_t>(count));
          team.ForEach(count, [&](std::int64_t i) { ++done[static_cast<std::size_t>(i)]; });
          for (const std::atomic<int>& times : done) ASSERT_EQ(times.load(), 1);
        }
      }
    });
  }
}

TEST(Team, ForEach_TellsEachJobItsThread_AndNoTwoAtOnceTheSame) {
  Team team(3, false);
  std::array<std::atomic<int>, 3> inside{};
  std::atomic<int> shared{0}, outside{0};
  team.Run([&] {
    team.ForEach(2000, [&](std::int64_t, int thread) {
      if (thread < 0 || thread >= 3) {
        ++outside;
        return;
      }
      std::atomic<int>& here = inside[static_cast<std::size_t>(thread)];
      if (++here > 1) ++shared;
      --here;
    });
  });
  EXPECT_EQ(outside, 0);
  EXPECT_EQ(shared, 0);
}

// What a job wrote is there when ForEach returns, without further synchronisation.
TEST(Team, ForEach_MakesItsResultsVisible) {
  Team team(4, false);
  std::vector<int> values(64);
  for (int round = 1; round <= 500; ++round) {
    team.ForEach(64, [&](std::int64_t i) { values[static_cast<std::size_t>(i)] = round; });
    for (const int value : values) ASSERT_EQ(value, round);
  }
}

TEST(Team, LowPriority_LeadsInAThreadOfItsOwn) {
  Team team(2, true);
  const std::thread::id caller = std::this_thread::get_id();
  std::thread::id leader;
  team.Run([&] { leader = std::this_thread::get_id(); });
  EXPECT_NE(leader, caller);
}

TEST(Team, Run_PassesWhatTheTaskThrows) {
  for (const bool low : {false, true}) {
    Team team(2, low);
    EXPECT_THROW(team.Run([] { throw std::runtime_error("why"); }), std::runtime_error);
  }
}

TEST(Team, ThatNeverWorked_Ends) { Team team(4, false); }

}  // namespace
}  // namespace vigil::cpu::native
