// PE as the bench of its interference with T runs it: here, or in a process of its own.
#ifndef VIGIL_BENCH_INTERFERENCE_ESTIMATOR_SIDE_H_
#define VIGIL_BENCH_INTERFERENCE_ESTIMATOR_SIDE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "estimator/store/store.h"

namespace vigil::bench {

enum class PeMode {
  kOff,
  kIdleOnly,    // the default policy
  kSaturating,  // whenever T does not run, with records that wait
};
inline constexpr int kPeModes = 3;

struct PeWork {
  std::int64_t records = 0, chunks = 0, yields = 0, errors = 0;
  std::int64_t backlog = 0;  // that was left
};

class EstimatorSide {
 public:
  virtual ~EstimatorSide() = default;
  // Fills the store where the mode needs records, and starts the scheduler. End stops it, waiting
  // for its chunk, and says what it did.
  virtual void Begin(PeMode mode) = 0;
  virtual PeWork End() = 0;
  // T, in this process, is about to run or has run.
  virtual void NotifyActivity() = 0;
};

// What both sides must agree on.
struct Setting {
  std::string target, backend;
  std::string folder;  // of the store, the keys and the activity page
  std::int64_t backlog = 1000;

  std::string StorePath() const { return folder + "/records.db"; }
  std::string PagePath() const { return folder + "/activity"; }
  std::string SecretKeyPath() const { return folder + "/secret"; }
};

// In this process, over a store that T's side may share. Compiles PE.
std::unique_ptr<EstimatorSide> MakeLocalEstimator(const Setting& setting,
                                                  std::shared_ptr<Store> store);

// In a process that runs ServeEstimator. `program`: this one's own file. Throws Error (Api, kIo)
// where the system refuses.
std::unique_ptr<EstimatorSide> StartEstimatorProcess(const Setting& setting,
                                                     const std::string& program);
// Its main: commands on standard input, answers on standard output, until the input ends.
int ServeEstimator(const Setting& setting);

}  // namespace vigil::bench

#endif  // VIGIL_BENCH_INTERFERENCE_ESTIMATOR_SIDE_H_
