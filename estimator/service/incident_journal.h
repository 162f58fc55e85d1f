// What went wrong in this process, counted until the store has it.
#ifndef VIGIL_ESTIMATOR_SERVICE_INCIDENT_JOURNAL_H_
#define VIGIL_ESTIMATOR_SERVICE_INCIDENT_JOURNAL_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "estimator/store/store.h"

namespace vigil {

// Bounded: kMostKinds kinds of incidents, a kind being fault, code and place; what comes beyond
// them is counted as one more, "others". A kind stays for the process's life.
//
// Representation: a table that only grows, with its length in an atomic; the numbers of an entry
// are atomics, its message is the lock's. So T counts without a lock (DESIGN.md contract 6).
//
// Thread-safe.
class IncidentJournal {
 public:
  static constexpr std::size_t kMostKinds = 64;

  explicit IncidentJournal(const Clock& clock = SystemClock());

  // The number of a kind, for CountKnown; makes it where it is new. `message` stands for it until
  // somebody says another.
  std::size_t KindOf(Fault fault, ErrorCode code, std::string_view place, std::string_view message);

  // T's: no lock, no allocation; two atomic writes and a look at the clock. True where it is the
  // first of its kind since the last Take.
  bool CountKnown(std::size_t kind);
  // The newest message of a kind. Where the lock is held by another it is not taken, and nothing is
  // said.
  void TrySay(std::size_t kind, std::string message);

  // For all others.
  void Count(Fault fault, ErrorCode code, std::string_view place, std::string_view message);
  void Count(const Error& error, std::string_view place);

  // What was counted since the last Take; kinds in the order of their first incident ever.
  std::vector<Incident> Take();
  // Into the store; what it refuses stays counted here, and the Error passes through.
  void StoreInto(Store& store);

 private:
  struct Kind {
    Fault fault = Fault::kApi;
    ErrorCode code = ErrorCode::kMisuse;
    std::string place;                                      // written before the kind is published
    std::string message;                                    // guarded by mutex_
    std::atomic<std::int64_t> count{0}, first{0}, last{0};  // since the last Take
  };

  void CountSome(Kind& kind, std::int64_t count, std::int64_t first, std::int64_t last);

  const Clock& clock_;
  std::mutex mutex_;                        // guards messages, and the growth of the table
  std::array<Kind, kMostKinds + 1> kinds_;  // the last: others
  std::atomic<std::size_t> size_{0};
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_SERVICE_INCIDENT_JOURNAL_H_
