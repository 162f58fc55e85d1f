#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "bench/interference/estimator_side.h"
#include "bench/tapped_targets.h"
#include "engine/session/backends.h"
#include "estimator/idle/scheduler.h"
#include "estimator/service/estimation_pass.h"
#include "estimator/taps/target.h"

namespace vigil::bench {
namespace {

// A record as T leaves it, made here so that the store can be filled without T.
Record MakeRecord(const Setting& setting, const std::shared_ptr<Backend>& backend) {
  const Graph graph = TappedTargetOf(setting.target);
  const auto target = MakeNetworkTarget(graph, backend, std::array{Encoding::kInt8}, 1);
  Tensor input(graph.value(graph.inputs()[0]).desc);
  std::mt19937 generator(1);
  std::normal_distribution<float> normal(0.0f, 0.5f);
  for (float& x : input.as<float>()) x = normal(generator);
  Record record;
  record.output.resize(static_cast<std::size_t>(target->output().elements()));
  std::vector<std::byte> slot(target->plan().SlotBytes(1));
  target->Run(std::as_const(input).view(), record.output, slot);
  record.taps = SplitSlot(target->plan(), slot, 1, 0);
  return record;
}

std::vector<std::unique_ptr<RecordEvaluator>> MakeEvaluators(
    const Setting& setting, const std::shared_ptr<Backend>& backend) {
  const Graph graph = EstimatorOf(setting.target);
  CompileOptions compile;
  compile.low_priority = true;
  std::vector<std::unique_ptr<RecordEvaluator>> evaluators;
  evaluators.push_back(std::make_unique<Evaluator>(Session(graph, backend, compile),
                                                   ReadEstimatorMetadata(graph), 1));
  return evaluators;
}

class LocalEstimator final : public EstimatorSide {
 public:
  LocalEstimator(const Setting& setting, std::shared_ptr<Store> store)
      : setting_(setting),
        store_(std::move(store)),
        backend_(OpenBackend(setting.backend)),
        record_(MakeRecord(setting, backend_)),
        page_(setting.PagePath(), false),
        signals_(&page_),
        pass_(store_, MakeEvaluators(setting, backend_)) {}

  void Begin(PeMode mode) override {
    if (mode == PeMode::kOff) return;
    Fill();
    const IdlePolicy policy = mode == PeMode::kIdleOnly ? IdlePolicy() : IdlePolicy::Now();
    scheduler_.emplace(policy, signals_, pass_.Work());
    scheduler_->Start();
  }

  PeWork End() override {
    PeWork work;
    if (scheduler_) {
      scheduler_->Stop();
      const SchedulerStatus status = scheduler_->status();
      work = {status.records, status.chunks, status.yields, status.errors, 0};
      scheduler_.reset();
    }
    work.backlog = store_->Stats().records;
    return work;
  }

  void NotifyActivity() override {
    if (scheduler_) scheduler_->NotifyActivity();
  }

 private:
  void Fill() {
    const std::int64_t missing = setting_.backlog - store_->Stats().records;
    Record record = record_;
    record.time_micros = record.epoch = SystemClock().WallMicros();
    const std::vector<Record> records(64, record);
    for (std::int64_t left = missing; left > 0; left -= 64) store_->Append(records);
  }

  const Setting setting_;
  const std::shared_ptr<Store> store_;
  const std::shared_ptr<Backend> backend_;
  const Record record_;
  const ActivityPage page_;
  SystemSignals signals_;
  EstimationPass pass_;
  std::optional<IdleScheduler> scheduler_;
};

}  // namespace

std::unique_ptr<EstimatorSide> MakeLocalEstimator(const Setting& setting,
                                                  std::shared_ptr<Store> store) {
  return std::make_unique<LocalEstimator>(setting, std::move(store));
}

}  // namespace vigil::bench
