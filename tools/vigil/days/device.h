// The device of the simulation: T with its taps, the store, and the idle pass, on a clock of their
// own.
#ifndef VIGIL_TOOLS_VIGIL_DAYS_DEVICE_H_
#define VIGIL_TOOLS_VIGIL_DAYS_DEVICE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "estimator/evaluation/judged_models.h"
#include "estimator/monitor/validity/input_check.h"
#include "estimator/service/estimation_pass.h"
#include "estimator/service/monitors.h"
#include "estimator/taps/target_runner.h"
#include "tools/vigil/store_file.h"

namespace vigil {

class SimulatedClock final : public Clock {
 public:
  std::chrono::nanoseconds Monotonic() const override { return SystemClock().Monotonic(); }
  std::int64_t WallMicros() const override { return wall_micros_; }
  void Set(std::int64_t wall_micros) { wall_micros_ = wall_micros; }

 private:
  std::int64_t wall_micros_ = 0;
};

class SimulatedDevice {
 public:
  // The store is a temporary file, sealed for a key in memory, and goes with the device.
  SimulatedDevice(const JudgedModels& models, const std::shared_ptr<Backend>& backend,
                  PassParts parts);

  // T on one input [1, 3, H, W]; the record waits for Idle. Returns T's output row.
  std::vector<float> Infer(const Tensor& input, std::int64_t time_micros, std::int64_t epoch,
                           const std::map<std::string, std::string>& tags);
  // Stores what was inferred since, and judges all of it.
  void Idle(std::int64_t now_micros);

  Store& store() { return *store_; }

 private:
  const std::uint64_t model_hash_;
  TargetRunner target_;
  std::optional<InputCheck> check_;  // none: T's file has no schema
  StoreFile file_;                   // before the store, which has it open
  SimulatedClock clock_;
  std::shared_ptr<Store> store_;
  std::unique_ptr<EstimationPass> pass_;
  std::vector<Record> waiting_;
};

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_DAYS_DEVICE_H_
