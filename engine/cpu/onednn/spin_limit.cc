#include "engine/cpu/onednn/spin_limit.h"

#include <csignal>
#include <cstdlib>
#include <future>
#include <system_error>
#include <thread>
#include <utility>

#include <unistd.h>

#include "engine/base/log.h"
#include "engine/cpu/processors.h"

// What compilers call for `#pragma omp parallel`; used by name, since the runtime must be the one
// that oneDNN is linked with.
// NOLINTNEXTLINE(readability-identifier-naming): the runtime's name
extern "C" void GOMP_parallel(void (*body)(void*), void* data, unsigned threads, unsigned flags);

namespace vigil::cpu::onednn {
namespace {

void Nothing(void*) {}

// A team lives as long as the thread that started it.
void KeepTeam(std::promise<void> started) {
  GOMP_parallel(Nothing, nullptr, static_cast<unsigned>(AvailableThreads()) + 1, 0);
  started.set_value();
  for (;;) pause();
}

bool StartTeam() {
  if (std::getenv("OMP_WAIT_POLICY") || std::getenv("GOMP_SPINCOUNT")) return false;
  // Signals are for the program's own threads; new threads inherit what is blocked here.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::promise<void> started;
  bool running = true;
  try {
    const std::future<void> has_started = started.get_future();
    std::thread(KeepTeam, std::move(started)).detach();
    has_started.wait();
  } catch (const std::system_error&) {
    Log(LogLevel::kWarning, "cpu: no thread to limit spinning with");
    running = false;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return running;
}

}  // namespace

void LimitSpinning() {
  static const bool limited = StartTeam();
  static_cast<void>(limited);
}

}  // namespace vigil::cpu::onednn
