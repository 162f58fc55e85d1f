#include "estimator/service/incident_journal.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/cpu/cpu_backend.h"
#include "engine/graph/builder.h"
#include "estimator/service/target_runtime.h"
#include "tests/monitor/picture_fixture.h"
#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class IncidentJournalTest : public testing::StoreTest {
 protected:
  const std::shared_ptr<Store> store_ = std::make_shared<Store>(path_);
  IncidentJournal journal_;
};

TEST_F(IncidentJournalTest, SameFaultCodeAndPlace_AreOneKind_WithTheNewestMessage) {
  journal_.Count(Error(Fault::kGpu, ErrorCode::kDeviceLost, "first"), "estimator");
  journal_.Count(Error(Fault::kGpu, ErrorCode::kDeviceLost, "second"), "estimator");
  journal_.Count(Fault::kInput, ErrorCode::kInvalidValue, "record", "NaN");
  const std::vector<Incident> incidents = journal_.Take();
  ASSERT_THAT(incidents, SizeIs(2));
  EXPECT_EQ(incidents[0].fault, "gpu");
  EXPECT_EQ(incidents[0].code, "device-lost");
  EXPECT_EQ(incidents[0].message, "second");
  EXPECT_EQ(incidents[0].count, 2);
  EXPECT_LE(incidents[0].first_micros, incidents[0].last_micros);
  EXPECT_GT(incidents[0].first_micros, 0);
  EXPECT_THAT(journal_.Take(), SizeIs(0));
}

TEST_F(IncidentJournalTest, KindsBeyondTheBound_AreCountedAsOthers) {
  for (int i = 0; i < 200; ++i)
    journal_.Count(Fault::kModel, ErrorCode::kMalformed, "place " + std::to_string(i), "m");
  const std::vector<Incident> incidents = journal_.Take();
  ASSERT_THAT(incidents, SizeIs(IncidentJournal::kMostKinds + 1));
  EXPECT_EQ(incidents.back().place, "others");
  EXPECT_EQ(incidents.back().count, 200 - static_cast<int>(IncidentJournal::kMostKinds));
}

TEST_F(IncidentJournalTest, ManyThreads_LoseNoCount) {
  const std::size_t kind =
      journal_.KindOf(Fault::kInput, ErrorCode::kInvalidValue, "input", "sentence");
  std::int64_t taken = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5000; ++i) journal_.CountKnown(kind);
      });
    }
    for (int i = 0; i < 50; ++i) {
      for (const Incident& incident : journal_.Take()) taken += incident.count;
    }
  }
  for (const Incident& incident : journal_.Take()) taken += incident.count;
  EXPECT_EQ(taken, 20000);
}

TEST_F(IncidentJournalTest, StoreThatRefuses_LosesNothing) {
  journal_.Count(Fault::kApi, ErrorCode::kIo, "alert command", "cannot be started");
  {
    StoreOptions options;
    options.busy_timeout = std::chrono::milliseconds(10);
    Store impatient(path_, options);
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    EXPECT_THROW(journal_.StoreInto(impatient), Error);
    sqlite3_close(other);
  }
  journal_.Count(Fault::kApi, ErrorCode::kIo, "alert command", "again");
  journal_.StoreInto(*store_);
  const std::vector<Incident> incidents = store_->Incidents();
  ASSERT_THAT(incidents, SizeIs(1));
  EXPECT_EQ(incidents[0].count, 2);
  EXPECT_EQ(incidents[0].message, "again");
}

// T with a schema of its input.
class CheckedRuntimeTest : public testing::StoreTest {
 protected:
  std::unique_ptr<TargetRuntime> Make(std::int64_t capacity) {
    GraphBuilder builder;
    const std::int64_t side = testing::kPictureSide;
    const ValueId x = builder.Input("image", {DType::kFloat32, {1, 3, side, side}});
    const ValueId weights =
        builder.Constant("weights", Tensor({2, 3, 1, 1}, std::vector<float>(6, 0.5f)));
    const ValueId conv = builder.Add("conv", ConvAttrs{}, {x, weights});
    const ValueId pooled = builder.Add("pooled", GlobalPoolAttrs{}, {conv});
    builder.Output(builder.Add("logits", FlattenAttrs{}, {pooled}));
    builder.Tap(conv);
    TargetRuntimeOptions options;
    options.tap_encodings = {Encoding::kInt8};
    options.keeper.sampler.capacity = capacity;
    options.keeper.slots = 64;
    return std::make_unique<TargetRuntime>(
        WithInputSchema(std::move(builder).Build(), testing::PictureSchema()), MakeCpuBackend(),
        store_, options);
  }
  const std::shared_ptr<Store> store_ = std::make_shared<Store>(path_);
  std::vector<float> output_ = std::vector<float>(2);
};

TEST_F(CheckedRuntimeTest, Violation_MarksTheRecord_IsCounted_AndChangesNoAnswer) {
  auto runtime = Make(100);
  ASSERT_NE(runtime->schema(), nullptr);
  runtime->Infer(testing::Picture(1).view(), output_);
  const std::vector<float> right = output_;
  EXPECT_EQ(runtime->violations(), 0u);
  const Inference inference =
      runtime->Infer(testing::Changed(testing::Picture(1), 127.5, 127.5).view(), output_);
  EXPECT_EQ(NamesOf(inference.violations), "out-of-range, normalisation");
  EXPECT_EQ(runtime->violations(), inference.violations);
  EXPECT_NEAR(output_[0], right[0] * 127.5f + 3 * 0.5f * 127.5f, 0.1f);
  runtime->Flush();
  const std::vector<Record> records = store_->ReadUnjudged(10);
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_EQ(records[0].violations + records[1].violations, inference.violations);
  const std::vector<Incident> incidents = store_->Incidents();
  ASSERT_THAT(incidents, SizeIs(2));
  for (const Incident& incident : incidents) {
    EXPECT_EQ(incident.fault, "input");
    EXPECT_EQ(incident.count, 1);
    if (incident.place == "input: normalisation") {
      EXPECT_THAT(incident.message, HasSubstr("Most like: bytes 0 to 255"));
    }
  }
}

TEST_F(CheckedRuntimeTest, RunsThatAreNotKept_AreCheckedAndCountedAllTheSame) {
  auto runtime = Make(1);
  for (std::uint32_t i = 0; i < 50; ++i)
    runtime->Infer(testing::Changed(testing::Picture(i), 0.0, 0.1).view(), output_);
  runtime->Flush();
  std::int64_t constant = 0;
  for (const Incident& incident : store_->Incidents())
    constant += incident.place == "input: constant" ? incident.count : 0;
  EXPECT_EQ(constant, 50);
}

TEST_F(CheckedRuntimeTest, RefusedInputs_AreCountedOnce) {
  auto runtime = Make(10);
  Tensor nan = testing::Picture(1);
  nan.as<float>()[5] = std::numeric_limits<float>::infinity();
  EXPECT_THROW(runtime->Infer(std::as_const(nan).view(), output_), Error);
  EXPECT_EQ(NamesOf(runtime->violations()), "not-finite");
  EXPECT_THROW(runtime->Infer(Tensor(TensorDesc{DType::kFloat32, {1, 3, 5, 5}}).view(), output_),
               Error);
  EXPECT_EQ(NamesOf(runtime->violations()), "wrong-form");
  runtime->Infer(testing::Picture(1).view(), output_);
  EXPECT_EQ(runtime->violations(), 0u);
  runtime.reset();  // what was counted is stored at the end too
  const std::vector<Incident> incidents = store_->Incidents();
  ASSERT_THAT(incidents, SizeIs(2));
  EXPECT_EQ(incidents[0].count + incidents[1].count, 2);
}

}  // namespace
}  // namespace vigil
