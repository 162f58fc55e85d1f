// Keeps a fair sample of T's inferences, and never makes T wait for the store.
#ifndef VIGIL_ESTIMATOR_SERVICE_RECORD_KEEPER_H_
#define VIGIL_ESTIMATOR_SERVICE_RECORD_KEEPER_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "estimator/service/incident_journal.h"
#include "estimator/store/sampler.h"
#include "estimator/store/store.h"
#include "estimator/taps/tap_plan.h"
#include "estimator/taps/tap_slots.h"

namespace vigil {

struct RecordKeeperOptions {
  SamplerOptions sampler;
  int slots = 16;                // between T and the writer
  std::uint64_t model_hash = 0;  // of T's file
};

using Tags = std::map<std::string, std::string>;

// Whether an inference is kept is decided before it runs (DESIGN.md contract 6). What is kept goes
// through a bounded queue to a writer thread of the keeper's own, which stores it in batches of one
// transaction. A full queue, or a store that refuses (full disk), drops the record and counts it.
//
// Incidents that T counts in the journal go to the store with the next batch, at Flush and at the
// end.
//
// Begin, bytes, Drop, Commit and Flush are T's thread's; the rest may be called from any.
class RecordKeeper {
 public:
  // An inference that has begun; of those that are kept, where its taps go.
  struct Ticket {
    SamplingDecision decision;
    int slot = -1;
    bool kept() const { return slot >= 0; }
  };

  // `plan`: what a record's taps are, and where each lies in its bytes (PlanTaps).
  RecordKeeper(std::shared_ptr<Store> store, TapPlan plan, RecordKeeperOptions options);
  ~RecordKeeper();  // stores what is committed, then ends the writer

  Ticket Begin();
  // plan().SlotBytes(1) bytes for the encoded taps; empty where the inference is not kept.
  std::span<std::byte> bytes(const Ticket& ticket);
  // What was to be kept cannot be: counted where it was chosen. No-op for others.
  void Drop(const Ticket& ticket);
  // Hands the record to the writer; returns its number, which counts the kept ones from 0. The
  // store gives ids in this order. REQUIRES: the ticket is kept, and its bytes are written.
  std::int64_t Commit(const Ticket& ticket, std::span<const float> output,
                      std::vector<float> statistics, const Tags& tags,
                      std::uint32_t violations = 0);
  // Waits until everything committed so far is stored, and closes the sampling epoch.
  void Flush();

  // Ids that the store gave, by number; 0 where the record was not stored. Complete after Flush.
  std::vector<std::int64_t> StoredIds() const;
  // That of one number; 0 where it is not stored, or not yet.
  std::int64_t StoredId(std::int64_t number) const;
  std::int64_t dropped() const;  // inferences chosen to be kept that were not
  IncidentJournal& journal() { return journal_; }
  std::string last_store_error() const;  // empty where there was none
  const TapPlan& plan() const { return plan_; }

 private:
  struct Pending {  // what goes with a slot
    SamplingDecision decision;
    std::int64_t time_micros = 0;
    std::int64_t number = 0;
    std::vector<float> output;
    std::vector<float> statistics;
    std::uint32_t violations = 0;
    Tags tags;
    std::vector<EpochProgress> progress;  // the sampler's latest word
  };
  void TellRoom(const WriteRoom& room);
  void WriteLoop();
  void WriteBatch(std::span<const int> slots);
  void WriteIncidents();
  Record TakeRecord(int slot);            // the writer's; leaves the slot to be released
  std::vector<EpochProgress> Progress();  // T's thread

  const RecordKeeperOptions options_;
  const TapPlan plan_;
  const std::shared_ptr<Store> store_;
  IncidentJournal journal_;
  EpochSampler sampler_;  // T's thread
  TapSlots slots_;
  std::vector<Pending> pending_;  // by slot; belongs to whoever holds the slot
  std::int64_t next_number_ = 0;  // T's thread
  // Newest that the store closed; T's thread starts another.
  std::atomic<std::int64_t> closed_epoch_{0};
  std::atomic<std::int64_t> room_this_hour_, room_today_;  // WriteRoom, for T's thread

  mutable std::mutex mutex_;  // guards what follows; never held during I/O, never taken by T
  std::condition_variable written_changed_;
  std::vector<std::int64_t> ids_;  // by number
  std::int64_t finished_ = 0;      // committed records that the writer is done with
  std::int64_t lost_ = 0;          // committed records that the store refused
  std::string last_store_error_;
  std::jthread writer_;  // last: ends before what it uses
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_SERVICE_RECORD_KEEPER_H_
