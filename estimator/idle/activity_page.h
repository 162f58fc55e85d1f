// How T's process shows that it is at work: a few numbers in a page that both sides map.
#ifndef VIGIL_ESTIMATOR_IDLE_ACTIVITY_PAGE_H_
#define VIGIL_ESTIMATOR_IDLE_ACTIVITY_PAGE_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <sys/types.h>

#include "engine/base/clock.h"
#include "engine/base/file.h"

namespace vigil {

// What T is doing, as seen by a reader.
struct Activity {
  std::uint64_t inferences = 0;  // begun since the page was made
  std::optional<std::chrono::nanoseconds>
      since_last;        // since T last began or ended one; none: never
  bool running = false;  // T runs now or waits for the device
};

// Writers (T) do a few atomic operations on memory and can never be held up by a reader. Times are
// of the monotonic clock, which all processes share until the next boot: the file belongs into /run
// or another folder that a boot empties. Thread-safe on both sides.
//
// A T that dies within an inference leaves it open for ever; therefore an inference that began more
// than kStaleAfter ago and after which nothing happened no longer counts as running.
//
// File: 64 bytes, little-endian: u32 magic "VGAP", u32 version 1, u64 begun, u64 ended, i64 time of
// the last change in nanoseconds (0: none), zeros.
class ActivityPage {
 public:
  static constexpr std::chrono::seconds kStaleAfter{30};

  // A page shared within this process and with processes that it forks.
  explicit ActivityPage(const Clock& clock = SystemClock());
  // The page in a file, made with `mode` where it is missing and `writable`. Throws Error: (Input,
  // kNotFound) where it is missing and only read; (Input, kIo) naming the file where the system
  // refuses; (Input, kMalformed) for another file.
  ActivityPage(const std::string& path, bool writable, const Clock& clock = SystemClock(),
               mode_t mode = 0644);
  ~ActivityPage();
  ActivityPage(const ActivityPage&) = delete;
  ActivityPage& operator=(const ActivityPage&) = delete;

  // T's side, around each inference. REQUIRES: writable.
  void Begin();
  void End();

  Activity Read() const;
  // Whether `path` still names the file of this page, which somebody may have taken away.
  bool IsAt(const std::string& path) const;

 private:
  struct Page;
  void Touch();

  const Clock& clock_;
  Page* page_ = nullptr;  // mapped; never null
  FileId file_;           // that it is in
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_IDLE_ACTIVITY_PAGE_H_
