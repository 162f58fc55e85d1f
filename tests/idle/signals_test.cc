#include "estimator/idle/signals.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "tests/idle/idle_fixture.h"
#include "tests/idle/tree_fixture.h"

namespace vigil {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using testing::FakeClock;

class SignalsTest : public testing::TreeFixture {
 protected:
  SignalsTest() { std::filesystem::create_directory(std::filesystem::path(root()) / "proc"); }

  // user, nice, system, idle, iowait, irq, softirq, steal; and our own user and system ticks.
  void WriteTimes(const std::string& machine, int own_user, int own_system) {
    Write("proc/stat", "cpu  " + machine + " 0 0\ncpu0 1 2 3 4\n");
    Write("proc/self/stat", "42 (a (strange) name) S 1 2 3 0 -1 4194304 9 8 7 6 " +
                                std::to_string(own_user) + " " + std::to_string(own_system) +
                                " 5 5 20 0 1 0 100\n");
  }

  FakeClock clock_;
};

TEST_F(SignalsTest, Observe_TellsOthersCpuUseWithoutOurOwn) {
  WriteTimes("100 0 50 800 50 0 0 0", 10, 5);
  SystemSignals signals(nullptr, clock_, root());
  EXPECT_FALSE(signals.Observe().other_cpu_use);  // nothing measured yet
  clock_.Advance(seconds(1));
  // 200 ticks later: 60 user, 20 system, 110 idle, 10 waiting for a disk; ours 30 + 10.
  WriteTimes("160 0 70 910 60 0 0 0", 40, 15);
  EXPECT_DOUBLE_EQ(signals.Observe().other_cpu_use.value(), (80.0 - 40.0) / 200.0);
}

TEST_F(SignalsTest, Observe_TwiceInAMoment_RepeatsTheLastUse) {
  WriteTimes("100 0 0 100 0 0 0 0", 0, 0);
  SystemSignals signals(nullptr, clock_, root());
  clock_.Advance(seconds(1));
  WriteTimes("150 0 0 150 0 0 0 0", 0, 0);
  EXPECT_DOUBLE_EQ(signals.Observe().other_cpu_use.value(), 0.5);
  clock_.Advance(milliseconds(99));
  WriteTimes("250 0 0 150 0 0 0 0", 0, 0);
  EXPECT_DOUBLE_EQ(signals.Observe().other_cpu_use.value(), 0.5);
  clock_.Advance(milliseconds(1));
  EXPECT_DOUBLE_EQ(signals.Observe().other_cpu_use.value(), 1.0);
}

TEST_F(SignalsTest, Observe_ReadsPressureAndLoad) {
  Write("proc/loadavg", "3.50 2.00 1.00 2/345 678\n");
  Write("proc/pressure/cpu",
        "some avg10=12.50 avg60=3.00 avg300=1.00 total=123\nfull avg10=0.00 avg60=0.00\n");
  SystemSignals signals(nullptr, clock_, root());
  const Observation seen = signals.Observe();
  EXPECT_DOUBLE_EQ(seen.cpu_pressure.value(), 0.125);
  EXPECT_DOUBLE_EQ(seen.load_a_core.value() * std::thread::hardware_concurrency(), 3.5);
}

TEST_F(SignalsTest, Observe_WhereNothingCanBeRead_LeavesSignalsAbsent) {
  Write("proc/stat", "something else\n");
  Write("proc/pressure/cpu", "no\n");
  SystemSignals signals(nullptr, clock_, root());
  clock_.Advance(seconds(1));
  const Observation seen = signals.Observe();
  EXPECT_FALSE(seen.other_cpu_use);
  EXPECT_FALSE(seen.cpu_pressure);
  EXPECT_FALSE(seen.load_a_core);
  EXPECT_FALSE(seen.since_target);
  EXPECT_FALSE(seen.target_running);
  std::vector<std::string> names;
  for (const MissingSignal& signal : seen.missing) names.push_back(signal.name);
  EXPECT_EQ(names, (std::vector<std::string>{"CPU use", "CPU pressure", "memory pressure",
                                             "disk pressure", "GPU use", "temperature"}));
}

TEST_F(SignalsTest, Observe_OnThisMachine_GivesAShareOfTheCpu) {
  SystemSignals signals(nullptr, clock_);
  const auto until = std::chrono::steady_clock::now() + milliseconds(150);
  while (std::chrono::steady_clock::now() < until) {
  }
  clock_.Advance(seconds(1));
  const Observation seen = signals.Observe();
  if (!seen.other_cpu_use) GTEST_SKIP() << "no /proc/stat here";
  EXPECT_GE(*seen.other_cpu_use, 0.0);
  EXPECT_LE(*seen.other_cpu_use, 1.0);
}

TEST_F(SignalsTest, ActivityPage_AroundAnInference_TellsThatItRuns) {
  ActivityPage page(clock_);
  EXPECT_FALSE(page.Read().since_last);
  page.Begin();
  clock_.Advance(milliseconds(5));
  EXPECT_TRUE(page.Read().running);
  EXPECT_EQ(page.Read().since_last, milliseconds(5));
  page.End();
  clock_.Advance(milliseconds(7));
  const Activity activity = page.Read();
  EXPECT_FALSE(activity.running);
  EXPECT_EQ(activity.since_last, milliseconds(7));
  EXPECT_EQ(activity.inferences, 1u);
}

TEST_F(SignalsTest, ActivityPage_OfATargetThatDiedWithinAnInference_ForgetsIt) {
  ActivityPage page(clock_);
  page.Begin();
  clock_.Advance(ActivityPage::kStaleAfter - nanoseconds(1));
  EXPECT_TRUE(page.Read().running);
  clock_.Advance(nanoseconds(1));
  EXPECT_FALSE(page.Read().running);
}

TEST_F(SignalsTest, ActivityPage_WrittenByAnotherProcess_IsReadHere) {
  const std::string path = (std::filesystem::path(root()) / "activity").string();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ActivityPage page(path, true, clock_);
    page.Begin();
    page.End();
    page.Begin();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  const ActivityPage page(path, false, clock_);
  EXPECT_EQ(page.Read().inferences, 2u);
  EXPECT_TRUE(page.Read().running);
  clock_.Advance(seconds(1));
  SystemSignals signals(&page, clock_, root());
  EXPECT_TRUE(signals.Observe().target_running);
  EXPECT_EQ(signals.Observe().since_target, seconds(1));
}

TEST_F(SignalsTest, ActivityPage_OpenedAgainByTheTarget_GoesOnCounting) {
  const std::string path = (std::filesystem::path(root()) / "activity").string();
  {
    ActivityPage page(path, true, clock_);
    page.Begin();
    page.End();
  }
  ActivityPage page(path, true, clock_);
  page.Begin();
  EXPECT_EQ(page.Read().inferences, 2u);
}

TEST_F(SignalsTest, ActivityPage_OfAnotherOrMissingFile_SaysSo) {
  const auto code_of = [&](const std::string& name, bool writable) {
    try {
      const ActivityPage page((std::filesystem::path(root()) / name).string(), writable, clock_);
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
      return error.code();
    }
    return ErrorCode::kMisuse;
  };
  EXPECT_EQ(code_of("missing", false), ErrorCode::kNotFound);
  EXPECT_EQ(code_of("proc", true), ErrorCode::kIo);
  Write("short", "hello");
  EXPECT_EQ(code_of("short", true), ErrorCode::kMalformed);
  Write("other", std::string(64, 'x'));
  EXPECT_EQ(code_of("other", true), ErrorCode::kMalformed);
  EXPECT_EQ(code_of("other", false), ErrorCode::kMalformed);
}

TEST_F(SignalsTest, Observe_AsksForAUserWhereToldTo_AndNamesWhatItCannotKnow) {
  std::optional<bool> active = true;
  SystemSignals signals(nullptr, clock_, root(), [&](std::string& why_not) {
    why_not = "no login manager";
    return active;
  });
  EXPECT_EQ(signals.Observe().user_active, true);
  active.reset();
  const Observation seen = signals.Observe();
  EXPECT_FALSE(seen.user_active);
  EXPECT_TRUE(std::ranges::any_of(seen.missing, [](const MissingSignal& signal) {
    return signal.name == "user activity" && signal.reason == "no login manager";
  }));
  SystemSignals silent(nullptr, clock_, root());
  EXPECT_FALSE(silent.Observe().user_active);
  EXPECT_TRUE(std::ranges::none_of(silent.Observe().missing, [](const MissingSignal& signal) {
    return signal.name == "user activity";
  }));
}

TEST_F(SignalsTest, ActivityPage_HasTheModeThatIsAskedFor_AndKnowsWhenItsFileIsGone) {
  const std::string path = root() + "/activity";
  const ActivityPage page(path, true, clock_, 0660);
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms{0660});
  EXPECT_TRUE(page.IsAt(path));
  std::filesystem::remove(path);
  EXPECT_FALSE(page.IsAt(path));
  const ActivityPage another(path, true, clock_);
  EXPECT_FALSE(page.IsAt(path));
}

}  // namespace
}  // namespace vigil
