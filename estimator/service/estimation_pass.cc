#include "estimator/service/estimation_pass.h"

#include <chrono>
#include <utility>

#include "engine/base/clock.h"

namespace vigil {

EstimationPass::EstimationPass(std::shared_ptr<Store> store,
                               std::vector<std::unique_ptr<RecordEvaluator>> evaluators)
    : store_(std::move(store)), evaluators_(std::move(evaluators)) {}

std::int64_t EstimationPass::Backlog() { return store_->Stats().records; }

BatchResult EstimationPass::Run(int max_records, const std::function<bool()>& should_yield) {
  std::vector<Record> records = store_->ReadUnjudged(max_records);
  std::erase_if(records, [&](const Record& record) {
    try {
      for (const auto& evaluator : evaluators_) evaluator->Check(record);
      return false;
    } catch (const Error& error) {
      store_->ReportFailure(record.id, error);
      return true;
    }
  });
  if (records.empty() || should_yield()) return {};
  const auto begin = SystemClock().Monotonic();
  const std::vector<Verdict> verdicts = EvaluateRecords(evaluators_, records);
  evaluate_seconds_ += std::chrono::duration<double>(SystemClock().Monotonic() - begin).count();
  const std::int64_t stored = store_->Judge(verdicts);
  judged_ += stored;
  return {static_cast<int>(stored)};
}

IdleWork EstimationPass::Work() {
  return {[this] { return Backlog(); },
          [this](int max_records, const std::function<bool()>& should_yield) {
            return Run(max_records, should_yield);
          }};
}

}  // namespace vigil
