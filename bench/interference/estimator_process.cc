#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/interference/estimator_side.h"
#include "engine/base/text.h"
#include "estimator/store/sealed_codec.h"

namespace vigil::bench {
namespace {

[[noreturn]] void Refuse(const char* doing, int reason) {
  throw Error(Fault::kApi, ErrorCode::kIo,
              Text("the estimator's process, ", doing, ": ", std::strerror(reason)));
}

// Lines over two pipes: "begin MODE" and "end", each answered by a line of PeWork's numbers.
class EstimatorProcess final : public EstimatorSide {
 public:
  EstimatorProcess(const Setting& setting, const std::string& program) {
    int to_child[2], from_child[2];
    if (pipe2(to_child, O_CLOEXEC) != 0 || pipe2(from_child, O_CLOEXEC) != 0) {
      Refuse("pipes", errno);
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to_child[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, from_child[1], STDOUT_FILENO);
    std::vector<std::string> words{program,         "--serve",      setting.folder,
                                   "--target",      setting.target, "--backend",
                                   setting.backend, "--backlog",    Text(setting.backlog)};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int failed =
        posix_spawn(&child_, program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(to_child[0]);
    close(from_child[1]);
    commands_ = fdopen(to_child[1], "w");
    answers_ = fdopen(from_child[0], "r");
    if (failed != 0) Refuse("starting it", failed);
    ReadAnswer();  // it is ready
  }

  ~EstimatorProcess() override {
    std::fclose(commands_);  // the end of its input
    std::fclose(answers_);
    int status = 0;
    waitpid(child_, &status, 0);
  }
  EstimatorProcess(const EstimatorProcess&) = delete;
  EstimatorProcess& operator=(const EstimatorProcess&) = delete;

  void Begin(PeMode mode) override {
    Send(Text("begin ", static_cast<int>(mode)));
    ReadAnswer();
  }
  PeWork End() override {
    Send("end");
    return ReadAnswer();
  }
  void NotifyActivity() override {}  // the activity page says it

 private:
  void Send(const std::string& command) {
    std::fprintf(commands_, "%s\n", command.c_str());
    std::fflush(commands_);
  }
  PeWork ReadAnswer() {
    char line[256];
    long long n[5] = {};
    if (!std::fgets(line, sizeof(line), answers_) ||
        std::sscanf(line, "%lld %lld %lld %lld %lld", &n[0], &n[1], &n[2], &n[3], &n[4]) != 5) {
      throw Error(Fault::kApi, ErrorCode::kIo,
                  "the estimator's process ended: its message stands above");
    }
    return {n[0], n[1], n[2], n[3], n[4]};
  }

  pid_t child_ = -1;
  std::FILE* commands_ = nullptr;
  std::FILE* answers_ = nullptr;
};

void Answer(const PeWork& work) {
  std::cout << work.records << ' ' << work.chunks << ' ' << work.yields << ' ' << work.errors << ' '
            << work.backlog << std::endl;  // the other side waits for it
}

}  // namespace

std::unique_ptr<EstimatorSide> StartEstimatorProcess(const Setting& setting,
                                                     const std::string& program) {
  return std::make_unique<EstimatorProcess>(setting, program);
}

int ServeEstimator(const Setting& setting) {
  StoreOptions options;
  options.codec = OpeningCodec(ReadKeyRing(setting.SecretKeyPath()));
  const auto side =
      MakeLocalEstimator(setting, std::make_shared<Store>(setting.StorePath(), std::move(options)));
  Answer({});
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "end") {
      Answer(side->End());
    } else {
      side->Begin(static_cast<PeMode>(line.back() - '0'));
      Answer({});
    }
  }
  side->End();
  return 0;
}

}  // namespace vigil::bench
