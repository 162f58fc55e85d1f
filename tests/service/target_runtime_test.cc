#include "estimator/service/target_runtime.h"

#include <limits>
#include <span>

#include "engine/cpu/cpu_backend.h"
#include "engine/graph/builder.h"
#include "estimator/service/estimation_pass.h"
#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

Graph SmallTarget() {
  GraphBuilder builder;
  const ValueId x = builder.Input("image", {DType::kFloat32, {1, 1, 4, 4}});
  std::vector<float> kernel(2 * 9);
  for (std::size_t i = 0; i < kernel.size(); ++i)
    kernel[i] = 0.1f * static_cast<float>(i % 5) - 0.2f;
  const ValueId weights = builder.Constant("weights", Tensor({2, 1, 3, 3}, kernel));
  const ValueId conv =
      builder.Add("conv", ConvAttrs{.kernel = {3, 3}, .pads = {1, 1, 1, 1}}, {x, weights});
  const ValueId relu = builder.Add("relu", UnaryAttrs{.kind = UnaryKind::kRelu}, {conv});
  const ValueId pooled = builder.Add("pooled", GlobalPoolAttrs{}, {relu});
  builder.Output(builder.Add("logits", FlattenAttrs{}, {pooled}));
  builder.Tap(relu);
  return std::move(builder).Build();
}

class TargetRuntimeTest : public testing::StoreTest {
 protected:
  std::unique_ptr<TargetRuntime> Make(std::int64_t capacity) {
    TargetRuntimeOptions options;
    options.tap_encodings = {Encoding::kFloat32};
    options.keeper.sampler.capacity = capacity;
    options.keeper.model_hash = 77;
    options.activity = &activity_;
    options.keeper.slots = 64;  // more than a test infers, so that a slow writer drops nothing
    return std::make_unique<TargetRuntime>(SmallTarget(), MakeCpuBackend(), store_, options);
  }
  static Tensor Image(int seed) {
    std::vector<float> values(16);
    for (std::size_t i = 0; i < 16; ++i)
      values[i] = static_cast<float>((i * 7 + static_cast<std::size_t>(seed)) % 11) - 5.0f;
    return Tensor({1, 1, 4, 4}, values);
  }

  const std::shared_ptr<Store> store_ = std::make_shared<Store>(path_);
  ActivityPage activity_;
};

TEST_F(TargetRuntimeTest, KeptInference_StoresTheTapThatTheReferenceGives) {
  auto runtime = Make(100);
  const Tensor image = Image(3);
  std::vector<float> output(2);
  const Inference inference = runtime->Infer(image.view(), output, {{"camera", "front"}});
  ASSERT_TRUE(inference.kept);
  runtime->Flush();
  const std::vector<Record> records = store_->ReadUnjudged(10);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].model_hash, 77u);
  EXPECT_EQ(records[0].output, output);
  EXPECT_EQ(records[0].tags.at("camera"), "front");
  EXPECT_LE(records[0].statistics.size(), 16u);
  ASSERT_EQ(records[0].taps.size(), 1u);
  EXPECT_EQ(records[0].taps[0].name, "relu");
  // The mean of each plane of the tap is T's output: the tap is the very value that T computed.
  const Tensor tap = DecodeTap(records[0].taps[0]);
  for (std::size_t c = 0; c < 2; ++c) {
    float sum = 0.0f;
    for (const float v : tap.as<float>().subspan(c * 16, 16)) sum += v;
    EXPECT_NEAR(sum / 16.0f, output[c], 1e-5f);
  }
}

TEST_F(TargetRuntimeTest, SmallReservoir_KeepsItsCapacityAndCountsAll) {
  auto runtime = Make(5);
  std::vector<float> output(2);
  for (int i = 0; i < 200; ++i) runtime->Infer(Image(i).view(), output);
  runtime->Flush();
  const std::vector<EpochCounts> epochs = store_->Epochs();
  ASSERT_EQ(epochs.size(), 1u);
  EXPECT_EQ(epochs[0].seen, 200);
  EXPECT_GE(store_->Stats().records + epochs[0].dropped, 5);
  EXPECT_LE(store_->Stats().records, 5);
  EXPECT_TRUE(store_->Verify().empty());
  EXPECT_EQ(activity_.Read().inferences, 200u);
  EXPECT_FALSE(activity_.Read().running);
}

TEST_F(TargetRuntimeTest, NanInTheInput_IsRefusedByElementAndNothingIsKept) {
  auto runtime = Make(5);
  Tensor image = Image(0);
  image.as<float>()[9] = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> output(2);
  try {
    runtime->Infer(image.view(), output);
    FAIL() << "expected an Error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kInput);
    EXPECT_EQ(error.code(), ErrorCode::kInvalidValue);
    EXPECT_NE(std::string(error.what()).find("element 9 of 16"), std::string::npos) << error.what();
  }
  runtime->Flush();
  EXPECT_EQ(store_->Stats().records, 0);
}

// Answers every other input only, as a detector that misses faces does.
class HalfBlind final : public Target {
 public:
  Shape output() const override { return Shape{1, 2}; }
  const TapPlan& plan() const override { return plan_; }
  const std::string& input_name() const override { return name_; }
  TargetAnswer Run(ConstTensorView, std::span<float> output, std::span<std::byte> slot) override {
    std::ranges::fill(output, 0.5f);
    std::ranges::fill(slot, std::byte{1});
    return {.answered = runs_++ % 2 == 0};
  }

 private:
  std::string name_ = "image";
  TapPlan plan_ = PlanTaps(SmallTarget(), {});
  int runs_ = 0;
};

TEST_F(TargetRuntimeTest, InputWithoutAnAnswer_IsCountedAndNotKept) {
  TargetRuntimeOptions options;
  options.keeper.sampler.capacity = 100;
  options.keeper.slots = 64;
  TargetRuntime runtime(std::make_unique<HalfBlind>(), store_, options);
  std::vector<float> output(2);
  int answered = 0;
  for (int i = 0; i < 10; ++i) {
    const Inference inference = runtime.Infer(Image(i).view(), output);
    EXPECT_EQ(inference.kept, inference.answered);
    answered += inference.answered ? 1 : 0;
  }
  runtime.Flush();
  EXPECT_EQ(answered, 5);
  EXPECT_EQ(store_->Stats().records, 5);
  const std::vector<EpochCounts> epochs = store_->Epochs();
  ASSERT_EQ(epochs.size(), 1u);
  EXPECT_EQ(epochs[0].seen, 10);
  EXPECT_EQ(epochs[0].dropped, 5);
  EXPECT_TRUE(store_->Verify().empty());
}

// Judges without a network; refuses the record that it is told to, and fails on the next.
class FakeEvaluator final : public RecordEvaluator {
 public:
  explicit FakeEvaluator(std::int64_t refuse) : refuse_(refuse) {}
  std::string_view name() const override { return "fake"; }
  std::int64_t chunk() const override { return 4; }
  void Check(const Record& record) const override {
    if (record.id == refuse_) throw Error(Fault::kInput, ErrorCode::kInvalidShape, "refused");
  }
  void Evaluate(std::span<const Record> records, std::span<Verdict> verdicts) override {
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (records[i].id == refuse_ + 1) {
        throw Error(Fault::kModel, ErrorCode::kInvalidValue, "logits are not finite");
      }
      verdicts[i].p_correct = verdicts[i].p_correct_calibrated = 0.75f;
      verdicts[i].correct = true;
    }
  }

 private:
  std::int64_t refuse_;
};

TEST_F(TargetRuntimeTest, EstimationPass_JudgesEachRecordOnceAndSetsBadOnesAside) {
  auto runtime = Make(100);
  std::vector<float> output(2);
  for (int i = 0; i < 20; ++i) runtime->Infer(Image(i).view(), output);
  runtime->Flush();
  const std::int64_t bad = runtime->StoredIds()[7];
  std::vector<std::unique_ptr<RecordEvaluator>> evaluators;
  evaluators.push_back(std::make_unique<FakeEvaluator>(bad));
  EstimationPass pass(store_, std::move(evaluators));
  const auto never = [] { return false; };
  EXPECT_EQ(pass.Run(8, [] { return true; }).records, 0);  // yields: nothing is lost
  EXPECT_EQ(pass.Backlog(), 20);
  for (int i = 0; i < 8; ++i) pass.Run(8, never);
  EXPECT_EQ(pass.judged(), 18);
  EXPECT_EQ(pass.Backlog(), 0);
  EXPECT_EQ(store_->Verdicts().size(), 18u);
  EXPECT_EQ(store_->Epochs().at(0).set_aside, 2);
  EXPECT_EQ(store_->SetAsideFaults().size(), 2u);
  EXPECT_TRUE(store_->Verify().empty());
}

TEST_F(TargetRuntimeTest, EstimationPass_InterruptedBetweenChunks_StoresWhatIsDone) {
  auto runtime = Make(100);
  std::vector<float> output(2);
  for (int i = 0; i < 20; ++i) runtime->Infer(Image(i).view(), output);
  runtime->Flush();
  std::vector<std::unique_ptr<RecordEvaluator>> evaluators;
  evaluators.push_back(std::make_unique<FakeEvaluator>(-10));
  EstimationPass pass(store_, std::move(evaluators));
  int asked = 0;
  EXPECT_EQ(pass.Run(10, [&] { return ++asked == 3; }).records, 8);
  EXPECT_EQ(pass.Backlog(), 12);
  EXPECT_EQ(pass.Run(10, [] { return false; }).records, 10);
}

}  // namespace
}  // namespace vigil
