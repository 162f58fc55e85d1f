// Streams in a pass: each record once, exactly, over a restart and over a transaction that failed.
#include "estimator/service/estimation_pass.h"

#include <gmock/gmock.h>

#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

// Judges by the record's number; `broken` makes verdicts that the store refuses.
class CountingEvaluator final : public RecordEvaluator {
 public:
  explicit CountingEvaluator(const bool* broken) : broken_(broken) {}
  std::string_view name() const override { return "counting"; }
  void Check(const Record&) const override {}
  std::int64_t chunk() const override { return 4; }
  void Evaluate(std::span<const Record>, std::span<Verdict> verdicts) override {
    for (Verdict& verdict : verdicts) verdict.p_correct = *broken_ ? 2.0f : 0.5f;
  }

 private:
  const bool* broken_;
};

// Adds up the records' numbers.
class SumMonitor final : public StreamMonitor {
 public:
  std::string_view name() const override { return "sum"; }
  void Observe(const Record& record, const Verdict& verdict) override {
    EXPECT_EQ(record.id, verdict.record_id);
    sum_ += static_cast<std::int64_t>(record.output.at(0));
  }
  std::string Save() const override { return std::to_string(sum_); }
  void Restore(std::string_view state) override {
    sum_ = state.empty() ? 0 : std::stoll(std::string(state));
  }

 private:
  std::int64_t sum_ = 0;
};

class EstimationPassTest : public testing::StoreTest {
 protected:
  EstimationPassTest() : store_(std::make_shared<Store>(path_, StoreOptions{}, clock_)) {}
  EstimationPass MakePass() {
    std::vector<std::unique_ptr<RecordEvaluator>> evaluators;
    evaluators.push_back(std::make_unique<CountingEvaluator>(&broken_));
    StreamMonitors streams;
    streams.push_back(std::make_unique<SumMonitor>());
    return EstimationPass(store_, std::move(evaluators), std::move(streams));
  }
  void Append(int from, int to) {
    std::vector<Record> records;
    for (int i = from; i < to; ++i) records.push_back(testing::MakeRecord(i));
    store_->Append(records);
  }

  std::shared_ptr<Store> store_;
  bool broken_ = false;
};

TEST_F(EstimationPassTest, Streams_SeeEachRecordOnce_OverARestart) {
  Append(1, 11);
  const auto never = [] { return false; };
  EXPECT_EQ(MakePass().Run(7, never).records, 7);
  EXPECT_EQ(MakePass().Run(7, never).records, 3);
  EXPECT_EQ(store_->Note("monitor.sum"), "55");
}

TEST_F(EstimationPassTest, Streams_GoBackWhereTheVerdictsAreNotStored) {
  Append(1, 11);
  EstimationPass pass = MakePass();
  const auto never = [] { return false; };
  broken_ = true;
  EXPECT_THROW(pass.Run(10, never), Error);
  EXPECT_EQ(store_->Note("monitor.sum"), "");
  broken_ = false;
  EXPECT_EQ(pass.Run(10, never).records, 10);
  EXPECT_EQ(store_->Note("monitor.sum"), "55");
}

}  // namespace
}  // namespace vigil
