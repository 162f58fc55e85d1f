// Two processes append many small sealed records while vigild, as it ships, evaluates them with a
// PE that costs nothing. Fails where a record is lost, one is judged twice, or memory grows.
//   vigild_soak RECORDS [FOLDER]
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include <fcntl.h>
#include <httplib.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "tests/daemon/tiny_service.h"
#include "tests/store/soak_processes.h"

namespace vigil::testing {
namespace {

class Daemon {
 public:
  explicit Daemon(const SoakFolder& folder) : folder_(folder), client_(folder.File("http.sock")) {
    client_.set_address_family(AF_UNIX);
    const std::string config = folder.File("vigild.toml"), log = folder.File("log");
    process_ = fork();
    if (process_ != 0) return;
    dup2(open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), STDERR_FILENO);
    execl(VIGILD_COMMAND, VIGILD_COMMAND, "--config", config.c_str(), nullptr);
    _exit(127);
  }
  ~Daemon() {
    if (process_ <= 0) return;
    kill(process_, SIGKILL);
    EndedWell(process_);
  }

  pid_t process() const { return process_; }
  // -1 where it does not answer.
  std::int64_t Judged() {
    const auto reply = client_.Get("/status");
    if (!reply || reply->status != 200) return -1;
    return nlohmann::json::parse(reply->body).value("judged", std::int64_t{-1});
  }
  bool Stop() {
    kill(process_, SIGTERM);
    return EndedWell(std::exchange(process_, -1));
  }
  void PrintLog() const { std::cout << std::ifstream(folder_.File("log")).rdbuf(); }

 private:
  const SoakFolder& folder_;
  httplib::Client client_;
  pid_t process_ = -1;
};

bool WaitFor(Daemon& daemon, std::int64_t judged, std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (daemon.Judged() < judged) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

bool Soak(std::int64_t records, const std::string& parent) {
  const SoakFolder folder(parent);
  WriteTinyEstimator(folder.File("pe.onnx"));
  std::ofstream(folder.File("vigild.toml")) << TinyServiceConfig(
      folder.path(), "max_records_an_hour = false\nmax_written_mib_a_day = false\n");
  Daemon daemon(folder);
  bool sound = WaitFor(daemon, 0, std::chrono::seconds(60));
  SoakCounters& counters = SharedSoakCounters();
  if (sound) {
    const std::string path = folder.File("records.db");
    const std::vector<pid_t> writers =
        StartSoakWriters(path, ReadPublicKey(folder.File("public.key")), records, counters);
    sound = WatchSoak(path, records, writers, daemon.process(), counters, [&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(45));
      if (const std::int64_t judged = daemon.Judged(); judged >= 0) counters.judged = judged;
    });
    for (const pid_t writer : writers) sound = EndedWell(writer) && sound;
    sound = WaitFor(daemon, counters.appended, std::chrono::seconds(300)) && sound;
    counters.judged = daemon.Judged();
    sound = daemon.Stop() && sound;
    sound =
        SoundAfterSoak(path, ReadKeyRing(folder.File("secret.key")), records, counters) && sound;
  }
  if (!sound) daemon.PrintLog();
  return sound;
}

}  // namespace
}  // namespace vigil::testing

int main(int argc, char** argv) {
  return vigil::testing::RunSoak("vigild_soak", vigil::testing::Soak, argc, argv);
}
