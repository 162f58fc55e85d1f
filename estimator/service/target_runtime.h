// T in real use: runs inferences, keeps the taps of a fair sample of them, and never waits for the
// store.
#ifndef VIGIL_ESTIMATOR_SERVICE_TARGET_RUNTIME_H_
#define VIGIL_ESTIMATOR_SERVICE_TARGET_RUNTIME_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "estimator/idle/activity_page.h"
#include "estimator/store/sampler.h"
#include "estimator/store/store.h"
#include "estimator/taps/tap_slots.h"
#include "estimator/taps/target.h"

namespace vigil {

struct TargetRuntimeOptions {
  std::vector<Encoding> tap_encodings;  // of a graph's taps, in order; one: that for all
  SamplerOptions sampler;
  int slots = 16;                     // between T and the writer
  int threads = 0;                    // of a CPU backend; as tap_encodings, a Target has its own
  std::uint64_t model_hash = 0;       // of T's file
  ActivityPage* activity = nullptr;   // told of every inference; outlives the runtime; may be null
  std::function<void()> on_activity;  // called before and after each inference, on T's thread
};

// What became of one inference.
struct Inference {
  bool kept = false;
  std::int64_t ticket =
      -1;  // counts the kept ones of this runtime from 0; the store gives ids in this order
  bool recovered = false;  // the device failed and the answer came from elsewhere
  bool answered = true;    // TargetAnswer::answered; nothing is kept otherwise
};

// Infer is called from one thread, T's; a writer thread of the runtime's own stores what was kept
// in batches of one transaction. A full queue, or a store that refuses (full disk), drops the
// record and counts it: T's answer does not depend on either.
class TargetRuntime {
 public:
  // `graph` carries its taps. Throws as Session and PlanTaps do.
  TargetRuntime(const Graph& graph, std::shared_ptr<Backend> backend, std::shared_ptr<Store> store,
                TargetRuntimeOptions options);
  TargetRuntime(std::unique_ptr<Target> target, std::shared_ptr<Store> store,
                TargetRuntimeOptions options);
  ~TargetRuntime();  // stores what is committed, then ends the writer

  // One image in T's input form [1, ...] to T's output row. Throws Error (Input) for a wrong shape
  // or type, or values that are not finite, naming the first; nothing is kept then. Where T has no
  // answer the record counts as dropped, if it was to be kept: there is nothing to judge.
  Inference Infer(ConstTensorView input, std::span<float> output,
                  const std::map<std::string, std::string>& tags = {});

  // Waits until everything committed so far is stored, and closes the sampling epoch.
  void Flush();

  // Ids that the store gave, by ticket; 0 where the record was not stored. Complete after Flush.
  std::vector<std::int64_t> StoredIds() const;

  std::int64_t dropped() const;          // inferences chosen to be kept that were not
  std::string last_store_error() const;  // empty where there was none
  const TapPlan& plan() const { return target_->plan(); }
  // For measurements beside the stream: nothing of these runs is kept. T's thread.
  Target& target() { return *target_; }

 private:
  struct Pending {  // what goes with a slot
    SamplingDecision decision;
    std::int64_t time_micros = 0;
    std::int64_t ticket = 0;
    std::vector<float> output;
    std::vector<float> statistics;
    std::map<std::string, std::string> tags;
    std::vector<EpochProgress> progress;  // the sampler's latest word
  };
  void WriteLoop();
  void WriteBatch(std::span<const int> slots);
  std::vector<EpochProgress> Progress();  // T's thread

  TargetRuntimeOptions options_;
  std::unique_ptr<Target> target_;
  std::shared_ptr<Store> store_;
  EpochSampler sampler_;  // T's thread
  TapSlots slots_;
  std::vector<Pending> pending_;  // by slot; belongs to whoever holds the slot
  std::int64_t next_ticket_ = 0;  // T's thread
  std::atomic<std::int64_t> closed_epoch_{
      0};  // newest that the store closed; T's thread starts another

  mutable std::mutex mutex_;  // guards what follows; never held during I/O, never taken by Infer
  std::condition_variable written_changed_;
  std::vector<std::int64_t> ids_;  // by ticket
  std::int64_t finished_ = 0;      // committed records that the writer is done with
  std::int64_t lost_ = 0;          // committed records that the store refused
  std::string last_store_error_;
  std::jthread writer_;  // last: ends before what it uses
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_SERVICE_TARGET_RUNTIME_H_
