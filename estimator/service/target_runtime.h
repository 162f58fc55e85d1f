// T in real use: runs inferences and keeps the taps of a fair sample of them.
#ifndef VIGIL_ESTIMATOR_SERVICE_TARGET_RUNTIME_H_
#define VIGIL_ESTIMATOR_SERVICE_TARGET_RUNTIME_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "estimator/idle/activity_page.h"
#include "estimator/service/input_watch.h"
#include "estimator/service/record_keeper.h"
#include "estimator/taps/target.h"

namespace vigil {

struct TargetRuntimeOptions {
  std::vector<Encoding> tap_encodings;  // of a graph's taps, in order; one: that for all
  RecordKeeperOptions keeper;
  int threads = 0;                   // of a CPU backend; as tap_encodings, a Target has its own
  ActivityPage* activity = nullptr;  // told of every inference; outlives the runtime; may be null
  // Of T's input; a graph's own is taken where there is none here. None: inputs are not checked but
  // for their form, and NaN.
  std::optional<InputSchema> schema;
  std::function<void()> on_activity;  // called before and after each inference, on T's thread
};

// What became of one inference.
struct Inference {
  bool kept = false;
  std::int64_t ticket = -1;      // RecordKeeper::Commit's number
  bool recovered = false;        // the device failed and the answer came from elsewhere
  std::uint32_t violations = 0;  // of T's input schema, bits of InputViolation
  bool answered = true;          // TargetAnswer::answered; nothing is kept otherwise
};

// Every input is checked against T's schema, kept or not: a violation marks the record, is counted
// as an incident of the family Input, and changes nothing of T's answer.
//
// Infer and Flush are called from one thread, T's. Its answer depends on no store and no queue
// (RecordKeeper).
class TargetRuntime {
 public:
  // `graph` carries its taps. Throws as Session and PlanTaps do.
  TargetRuntime(const Graph& graph, std::shared_ptr<Backend> backend, std::shared_ptr<Store> store,
                TargetRuntimeOptions options);
  TargetRuntime(std::unique_ptr<Target> target, std::shared_ptr<Store> store,
                TargetRuntimeOptions options);

  // One image in T's input form [1, ...] to T's output row. Throws Error (Input) for a wrong shape
  // or type, or values that are not finite, naming the first; nothing is kept then. Where T has no
  // answer the record counts as dropped, if it was to be kept: there is nothing to judge.
  Inference Infer(ConstTensorView input, std::span<float> output, const Tags& tags = {});
  // Of the last Infer, also of one that threw.
  std::uint32_t violations() const { return watch_.violations(); }
  // What the schema is of; null: none.
  const InputSchema* schema() const { return watch_.schema(); }

  // As RecordKeeper's.
  void Flush() { keeper_.Flush(); }
  std::vector<std::int64_t> StoredIds() const { return keeper_.StoredIds(); }
  std::int64_t StoredId(std::int64_t number) const { return keeper_.StoredId(number); }
  std::int64_t dropped() const { return keeper_.dropped(); }
  std::string last_store_error() const { return keeper_.last_store_error(); }
  const TapPlan& plan() const { return keeper_.plan(); }
  // For measurements beside the stream: nothing of these runs is kept. T's thread.
  Target& target() { return *target_; }

 private:
  const TargetRuntimeOptions options_;
  const std::unique_ptr<Target> target_;
  RecordKeeper keeper_;
  InputWatch watch_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_SERVICE_TARGET_RUNTIME_H_
