#include "estimator/idle/gpu_load.h"

#include "tests/idle/tree_fixture.h"

namespace vigil {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class GpuLoadTest : public testing::TreeFixture {
 protected:
  static constexpr std::int64_t kSelf = 100;

  void Client(int process, int fd, int client, std::int64_t gfx, std::int64_t compute) const {
    Write("proc/" + std::to_string(process) + "/fdinfo/" + std::to_string(fd),
          "pos:\t0\nflags:\t02\ndrm-driver:\tamdgpu\ndrm-pdev:\t0000:04:00.0\ndrm-client-id:\t" +
              std::to_string(client) + "\ndrm-engine-gfx:\t" + std::to_string(gfx) +
              " ns\ndrm-engine-compute:\t" + std::to_string(compute) +
              " ns\ndrm-engine-capacity-compute:\t4\n");
  }
  void Busy(const std::string& percent) const {
    Write("sys/class/drm/card0/device/gpu_busy_percent", percent);
  }
};

TEST_F(GpuLoadTest, WithoutAnySource_SaysWhy) {
  GpuLoad load(root(), kSelf);
  load.Read(seconds(1));
  const GpuLoad::Reading reading = load.Read(seconds(2));
  EXPECT_FALSE(reading.others);
  EXPECT_EQ(reading.reason, "no process shows GPU engines, and no gpu_busy_percent");
}

TEST_F(GpuLoadTest, OtherProcesses_CountByTheirBusiestEngine_OursDoNot) {
  Client(100, 5, 1, 0, 1'000'000'000);
  Client(200, 7, 2, 500'000'000, 0);
  GpuLoad load(root(), kSelf);
  EXPECT_EQ(load.Read(seconds(10)).reason, "nothing measured yet");
  // Two seconds later: we computed for 1.5 s, the other drew for 0.6 s and computed for 0.2 s.
  Client(100, 5, 1, 0, 2'500'000'000);
  Client(200, 7, 2, 1'100'000'000, 200'000'000);
  Busy("100");  // a percentage that sticks does not matter here
  EXPECT_DOUBLE_EQ(load.Read(seconds(12)).others.value(), 0.3);
}

TEST_F(GpuLoadTest, SeveralDescriptorsOfAClient_CountOnce) {
  Client(200, 7, 2, 0, 0);
  Client(200, 8, 2, 0, 0);
  GpuLoad load(root(), kSelf);
  load.Read(seconds(10));
  Client(200, 7, 2, 400'000'000, 0);
  Client(200, 8, 2, 400'000'000, 0);
  EXPECT_DOUBLE_EQ(load.Read(seconds(11)).others.value(), 0.4);
}

TEST_F(GpuLoadTest, WhereOnlyWeShow_ThePercentageWithoutOurShareCounts) {
  Client(100, 5, 1, 0, 0);
  Busy("90");
  GpuLoad load(root(), kSelf);
  load.Read(seconds(10));
  Client(100, 5, 1, 0, 700'000'000);
  EXPECT_NEAR(load.Read(seconds(11)).others.value(), 0.2, 1e-9);
}

TEST_F(GpuLoadTest, CloserLooks_RepeatTheLast) {
  Busy("50");
  GpuLoad load(root(), kSelf);
  load.Read(seconds(10));
  EXPECT_DOUBLE_EQ(load.Read(seconds(11)).others.value(), 0.5);
  Busy("70");
  EXPECT_DOUBLE_EQ(load.Read(seconds(11) + milliseconds(900)).others.value(), 0.5);
  EXPECT_DOUBLE_EQ(load.Read(seconds(12)).others.value(), 0.7);
}

}  // namespace
}  // namespace vigil
