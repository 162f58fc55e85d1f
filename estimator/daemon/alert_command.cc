#include "estimator/daemon/alert_command.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/log.h"
#include "engine/base/text.h"

extern char** environ;

namespace vigil {
namespace {

struct Running {
  pid_t process;
  std::string program;
  std::chrono::nanoseconds since;
  bool told_to_end = false;
};

std::mutex mutex;  // guards running
std::vector<Running> running;

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> Environment(const AlertState& state) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable; ++variable) {
    if (!std::string_view(*variable).starts_with("VIGIL_ALERT")) variables.emplace_back(*variable);
  }
  variables.push_back("VIGIL_ALERT=" + state.rule.name);
  variables.push_back(std::string("VIGIL_ALERT_STATE=") + (state.firing ? "firing" : "over"));
  variables.push_back("VIGIL_ALERT_LINE=" + state.line);
  return variables;
}

// Our signal mask is not for others: the service takes its signals with sigtimedwait.
void ClearSignalMask(posix_spawnattr_t& attributes) {
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
}

}  // namespace

std::string RunAlertCommand(const std::vector<std::string>& command, const AlertState& state) {
  if (command.empty()) return {};
  std::vector<std::string> words = command, variables = Environment(state);
  const std::vector<char*> arguments = Pointers(words), environment = Pointers(variables);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  ClearSignalMask(attributes);
  pid_t process = 0;
  const int failure = posix_spawnp(&process, arguments[0], &files, &attributes, arguments.data(),
                                   environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (failure != 0) {
    std::string message = Text("alert '", state.rule.name, "', command '", command[0],
                               "' cannot be started: ", std::strerror(failure));
    Log(LogLevel::kError, message);
    return message;
  }
  const std::lock_guard lock(mutex);
  running.push_back({process, command[0], SystemClock().Monotonic()});
  return {};
}

std::vector<std::string> ReapAlertCommands() {
  std::vector<std::string> failures;
  const auto fail = [&](std::string message) {
    Log(LogLevel::kWarning, message);
    failures.push_back(std::move(message));
  };
  const std::lock_guard lock(mutex);
  const std::chrono::nanoseconds now = SystemClock().Monotonic();
  std::erase_if(running, [&](Running& command) {
    int status = 0;
    const pid_t ended = waitpid(command.process, &status, WNOHANG);
    if (ended == 0) {
      if (now - command.since < std::chrono::seconds(kAlertCommandSeconds)) return false;
      if (!command.told_to_end) {
        fail(Text("alert command '", command.program, "' runs for longer than ",
                  kAlertCommandSeconds, " s and is ended"));
      }
      kill(command.process, command.told_to_end ? SIGKILL : SIGTERM);
      command.told_to_end = true;
      return false;
    }
    const bool failed = ended > 0 && !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    if (failed) {
      fail(Text("alert command '", command.program, "' failed, wait status ", status));
    }
    return true;
  });
  return failures;
}

}  // namespace vigil
