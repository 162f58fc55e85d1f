// The program itself: what systemd sees of it, its signals, and its death at any moment.
#include <algorithm>
#include <csignal>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <httplib.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "estimator/idle/activity_page.h"
#include "tests/daemon/daemon_fixture.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class VigildTest : public testing::DaemonTest {
 protected:
  VigildTest() : notify_path_(File("notify.sock")) {
    WriteConfig("");
    notify_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{.sun_family = AF_UNIX};
    notify_path_.copy(address.sun_path, notify_path_.size());
    EXPECT_EQ(bind(notify_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    manager_ = std::jthread([this](const std::stop_token& stop) { Listen(stop); });
  }
  ~VigildTest() override {
    if (process_ > 0) {
      kill(process_, SIGKILL);
      waitpid(process_, nullptr, 0);
    }
    manager_.request_stop();
    manager_.join();
    close(notify_);
  }

  // As systemd does, whether a test asks or not: a full queue makes the service wait.
  void Listen(const std::stop_token& stop) {
    const timeval patience{.tv_sec = 0, .tv_usec = 50'000};
    setsockopt(notify_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    while (!stop.stop_requested()) {
      char message[4096];
      const ssize_t size = recv(notify_, message, sizeof message, 0);
      if (size <= 0) continue;
      const std::lock_guard lock(mutex_);
      heard_.emplace_back(message, static_cast<std::size_t>(size));
    }
  }

  void WriteConfig(const std::string& more) const {
    std::ofstream(File("vigild.toml")) << ConfigText(more);
  }

  void Start() {
    process_ = fork();
    ASSERT_GE(process_, 0);
    if (process_ == 0) {
      const std::string config = File("vigild.toml"), log = File("log");
      const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      dup2(file, STDERR_FILENO);
      setenv("NOTIFY_SOCKET", notify_path_.c_str(), 1);
      setenv("WATCHDOG_USEC", "60000000", 1);
      execl(VIGILD_COMMAND, VIGILD_COMMAND, "--config", config.c_str(), nullptr);
      _exit(127);
    }
  }
  // True where the service says so within a minute; what it said before is forgotten with it.
  bool HearsOf(const std::string& what) {
    return WaitUntil([&] {
      const std::lock_guard lock(mutex_);
      const auto found = std::ranges::find_if(heard_, [&](const std::string& message) {
        return message.find(what) != std::string::npos;
      });
      if (found == heard_.end()) return false;
      heard_.erase(heard_.begin(), found + 1);
      return true;
    });
  }
  int End(int signal) {
    kill(process_, signal);
    int status = 0;
    waitpid(process_, &status, 0);
    process_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  nlohmann::json Status() const {
    httplib::Client client(File("http.sock"));
    client.set_address_family(AF_UNIX);
    const auto reply = client.Get("/status");
    return reply ? nlohmann::json::parse(reply->body) : nlohmann::json();
  }
  std::string Log() const {
    std::ostringstream text;
    text << std::ifstream(File("log")).rdbuf();
    return text.str();
  }

  const std::string notify_path_;
  int notify_ = -1;
  pid_t process_ = -1;
  std::mutex mutex_;  // guards heard_
  std::vector<std::string> heard_;
  std::jthread manager_;
};

TEST_F(VigildTest, Run_TellsSystemd_JudgesReloadsAndStops) {
  Start();
  ASSERT_TRUE(HearsOf("READY=1")) << Log();
  EXPECT_TRUE(HearsOf("WATCHDOG=1"));
  AppendRecords(10, 3.0f);
  EXPECT_TRUE(WaitUntil([&] { return Status().value("judged", 0) == 10; })) << Log();

  WriteConfig("max_celsius = 80\nquiet_hour = \"\"\n");  // twice, and unknown
  kill(process_, SIGHUP);
  ASSERT_TRUE(HearsOf("RELOADING=1"));
  ASSERT_TRUE(HearsOf("READY=1"));
  EXPECT_THAT(Log(), HasSubstr("not reloaded, the old configuration goes on"));
  EXPECT_EQ(Status()["judged"], 10);

  WriteConfig("daily_budget_minutes = 0\n");
  kill(process_, SIGHUP);
  ASSERT_TRUE(HearsOf("RELOADING=1"));
  ASSERT_TRUE(HearsOf("READY=1"));
  AppendRecords(10, 3.0f);
  EXPECT_TRUE(WaitUntil([&] { return Status().value("blocker", "") == "budget"; })) << Log();
  EXPECT_THAT(std::string(Status()["idle_policy"]), HasSubstr("at most 0 s a day"));

  EXPECT_EQ(End(SIGTERM), 0) << Log();
  EXPECT_TRUE(HearsOf("STOPPING=1"));
  EXPECT_FALSE(std::filesystem::exists(File("http.sock")));
  EXPECT_THAT(Log(), HasSubstr("vigild stopped"));
}

TEST_F(VigildTest, WhileTRunsInAnotherProcess_Waits_AlsoOnAPageMadeAnew) {
  Start();
  ASSERT_TRUE(HearsOf("READY=1")) << Log();
  for (int round = 0; round < 2; ++round) {
    ActivityPage page(File("activity"), true);
    page.Begin();
    AppendRecords(10, 3.0f);
    EXPECT_TRUE(WaitUntil([&] { return Status().value("blocker", "") == "target-running"; }))
        << Log();
    EXPECT_EQ(Status()["store"]["waiting"], 10);
    page.End();
    EXPECT_TRUE(WaitUntil([&] { return Status()["store"]["waiting"] == 0; })) << Log();
    if (round > 0) break;
    std::filesystem::remove(File("activity"));
    EXPECT_TRUE(WaitUntil([&] { return std::filesystem::exists(File("activity")); })) << Log();
    ASSERT_TRUE(HearsOf("READY=1"));
    EXPECT_THAT(Log(), HasSubstr("the activity page was taken away"));
  }
  EXPECT_EQ(End(SIGTERM), 0) << Log();
}

TEST_F(VigildTest, ReloadWithAnotherPort_KeepsTheSocket_AndOneThatIsTakenChangesNothing) {
  const auto listen_at = [&](int port) {
    std::string text = ConfigText();
    text.insert(text.find("[http]\n") + 7, "listen = \"127.0.0.1:" + std::to_string(port) + "\"\n");
    std::ofstream(File("vigild.toml")) << text;
    kill(process_, SIGHUP);
    EXPECT_TRUE(HearsOf("RELOADING=1"));
    EXPECT_TRUE(HearsOf("READY=1"));
  };
  httplib::Server other;  // has a port that we want
  const int taken = other.bind_to_any_port("127.0.0.1");
  Start();
  ASSERT_TRUE(HearsOf("READY=1")) << Log();
  listen_at(taken);
  EXPECT_THAT(Log(), HasSubstr("not reloaded, the old configuration goes on"));
  EXPECT_FALSE(Status().is_null());
  const int port = FreePort();
  listen_at(port);
  EXPECT_FALSE(Status().is_null()) << Log();
  const auto reply = httplib::Client("127.0.0.1", port).Get("/healthz");
  ASSERT_TRUE(reply) << Log();
  EXPECT_EQ(reply->body, "ok\n");
  EXPECT_EQ(End(SIGTERM), 0) << Log();
}

TEST_F(VigildTest, CredentialOfTheManager_TakesThePlaceOfTheSecretFile) {
  const std::string folder = File("credentials");
  std::filesystem::create_directory(folder);
  WriteKeyRing({SecretKey::Generate()}, folder + "/vigil.secret-key");
  setenv("CREDENTIALS_DIRECTORY", folder.c_str(), 1);
  Start();
  unsetenv("CREDENTIALS_DIRECTORY");
  ASSERT_TRUE(HearsOf("READY=1")) << Log();
  EXPECT_FALSE(std::filesystem::exists(File("secret.key")));
  AppendRecords(3, 3.0f);  // sealed for the public half, which was written down
  EXPECT_TRUE(WaitUntil([&] { return Status().value("judged", 0) == 3; })) << Log();
  EXPECT_EQ(End(SIGTERM), 0) << Log();
}

TEST_F(VigildTest, KilledAtAnyMoment_LosesNothingAndJudgesNothingTwice) {
  std::int64_t appended = 0;
  for (int round = 0; round < 8; ++round) {
    Start();
    ASSERT_TRUE(HearsOf("READY=1")) << Log();
    AppendRecords(200, 3.0f);
    appended += 200;
    std::this_thread::sleep_for(std::chrono::milliseconds(7 * round));
    EXPECT_EQ(End(SIGKILL), -SIGKILL);
    Store store(path_, {.codec = OpeningCodec(ReadKeyRing(File("secret.key")))});
    EXPECT_THAT(store.Verify(), IsEmpty());
    const StoreStats stats = store.Stats();
    EXPECT_EQ(stats.records + stats.verdicts, appended);
  }
  Start();
  EXPECT_TRUE(WaitUntil([&] {
    const nlohmann::json status = Status();
    return !status.is_null() && status["store"]["waiting"] == 0;
  })) << Log();
  EXPECT_EQ(End(SIGTERM), 0) << Log();
  EXPECT_EQ(Store(path_, {.codec = LookingCodec()}).Stats().verdicts, appended);
}

TEST_F(VigildTest, CheckConfig_SaysWhatIsWrongAndStartsNothing) {
  const auto run = [&] {
    const std::string command = std::string(VIGILD_COMMAND) + " --check-config --config " +
                                File("vigild.toml") + " > " + File("out") + " 2>&1";
    const int status = std::system(command.c_str());
    std::ostringstream text;
    text << std::ifstream(File("out")).rdbuf();
    return std::pair(WEXITSTATUS(status), text.str());
  };
  EXPECT_EQ(run().first, 0);
  WriteConfig("idle_after = 3\n");
  const auto [code, text] = run();
  EXPECT_EQ(code, 1);
  EXPECT_THAT(text, HasSubstr("did you mean 'idle_after_seconds'?"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace vigil
