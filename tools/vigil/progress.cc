#include "tools/vigil/progress.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include <unistd.h>

namespace vigil {

using std::chrono::steady_clock;

Progress::Progress(std::string what, bool quiet)
    : what_(std::move(what)),
      quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) != 0),
      begin_(steady_clock::now()) {}

Progress::~Progress() {
  if (drawn_) std::fputc('\n', stderr);
}

void Progress::Update(double share, const std::string& detail) {
  if (quiet_) return;
  const auto now = steady_clock::now();
  const double elapsed = std::chrono::duration<double>(now - begin_).count();
  const double left = share > 0.0 ? elapsed / share * (1.0 - share) : 0.0;
  if (terminal_) {
    if (share < 1.0 && drawn_ && now - last_ < std::chrono::milliseconds(100)) return;
    constexpr int kWidth = 30;
    const int full = static_cast<int>(std::clamp(share, 0.0, 1.0) * kWidth);
    std::fprintf(stderr, "\r%-12s [%s%s] %3.0f %%  %s, %.0f s left\x1b[K", what_.c_str(),
                 std::string(static_cast<std::size_t>(full), '#').c_str(),
                 std::string(static_cast<std::size_t>(kWidth - full), '.').c_str(), share * 100.0,
                 detail.c_str(), left);
    drawn_ = true;
  } else {
    // Every tenth of the way, and at least every half minute.
    const int tenth = static_cast<int>(std::floor(share * 10.0));
    if (tenth == last_tenth_ && now - last_ < std::chrono::seconds(30)) return;
    last_tenth_ = tenth;
    std::fprintf(stderr, "%s: %3.0f %%, %s, %.0f s left\n", what_.c_str(), share * 100.0,
                 detail.c_str(), left);
  }
  last_ = now;
  std::fflush(stderr);
}

}  // namespace vigil
