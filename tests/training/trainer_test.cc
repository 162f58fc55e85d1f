#include "estimator/training/trainer.h"

#include <cmath>
#include <filesystem>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "estimator/models/layers.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

// Convolution, batch norm, dropout, dense: everything that a resumed run could forget.
Graph TinyNetwork() {
  LayerBuilder layers(3, 1e-3f);
  ValueId x = layers.Input("x", Shape{1, 1, 4, 4});
  x = layers.Relu("relu", layers.BatchNorm("norm", layers.Conv("conv", x, {.filters = 8})));
  x = layers.Dropout("dropout", layers.AverageToVector("average", x), 0.25f);
  layers.graph().Output(layers.Dense("logits", x, 2));
  return std::move(layers.graph()).Build();
}

// Class 1 images are brighter in one corner.
class Corners : public TrainingSource {
 public:
  int steps_per_epoch() const override { return 8; }
  TrainingBatch Get(int epoch, int step) override {
    std::mt19937 generator(static_cast<unsigned>(1000 * epoch + step));
    std::normal_distribution<float> noise(0.0f, 0.3f);
    TrainingBatch batch;
    batch.inputs.emplace_back(TensorDesc{DType::kFloat32, Shape{16, 1, 4, 4}});
    batch.targets = Tensor(TensorDesc{DType::kInt32, Shape{16}});
    for (int i = 0; i < 16; ++i) {
      const auto pixels = batch.inputs[0].as<float>().subspan(static_cast<std::size_t>(i) * 16, 16);
      for (float& pixel : pixels) pixel = noise(generator);
      if (i % 2) pixels[5] += 2.0f;
      batch.targets.as<std::int32_t>()[static_cast<std::size_t>(i)] = i % 2;
    }
    if (poisoned_epoch == epoch) {
      batch.inputs[0].as<float>()[3] = std::numeric_limits<float>::quiet_NaN();
    }
    return batch;
  }
  int poisoned_epoch = -1;
};

TrainOptions Options(int epochs) {
  TrainOptions options;
  options.epochs = epochs;
  options.threads = 1;
  options.optimizer.learning_rate = 0.05f;
  return options;
}

std::vector<float> AllConstants(const Graph& graph) {
  std::vector<float> all;
  for (const Value& value : graph.values()) {
    if (!value.constant) continue;
    const auto numbers = value.constant->as<float>();
    all.insert(all.end(), numbers.begin(), numbers.end());
  }
  return all;
}

class Optimizers : public ::testing::TestWithParam<OptimizerKind> {
 protected:
  TrainOptions OptionsOfKind(int epochs) const {
    TrainOptions options = Options(epochs);
    options.optimizer.kind = GetParam();
    if (GetParam() == OptimizerKind::kAdam) options.optimizer.learning_rate = 0.02f;
    return options;
  }
};

TEST_P(Optimizers, Train_OnSeparableClasses_BringsTheLossDown) {
  Corners source;
  std::vector<double> losses;
  TrainingCallbacks callbacks;
  callbacks.on_epoch = [&](const EpochReport& report) { losses.push_back(report.mean_loss); };
  const TrainResult result = Train(TinyNetwork(), OptionsOfKind(8), source, callbacks);
  ASSERT_EQ(losses.size(), 8u);
  EXPECT_LT(losses.back(), 0.5 * std::log(2.0));  // half of what a coin loses
  EXPECT_LT(losses.back(), losses.front());
  EXPECT_EQ(result.last_loss, losses.back());
  ASSERT_FALSE(result.curve.empty());
  EXPECT_EQ(result.curve.back().epoch, 8.0);
  EXPECT_LT(result.curve.back().loss, result.curve.front().loss);

  TrainingBatch held_out = source.Get(100, 0);
  const std::vector<ConstTensorView> inputs{held_out.inputs[0].view()};
  const std::vector<Tensor> logits = TorchExecutor(result.graph, "cpu").Forward(inputs);
  int right = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    const bool one = logits[0].as<float>()[2 * i + 1] > logits[0].as<float>()[2 * i];
    right += one == (i % 2 == 1);
  }
  EXPECT_GE(right, 15);
}

TEST_P(Optimizers, Train_Resumed_EndsAsUninterrupted) {
  Corners source;
  const TrainResult uninterrupted = Train(TinyNetwork(), OptionsOfKind(4), source);
  const Graph& whole = uninterrupted.graph;

  TrainOptions options = OptionsOfKind(4);
  options.checkpoint = std::filesystem::path(::testing::TempDir()) /
                       ("vigil_resume." + std::to_string(getpid()) + ".checkpoint");
  std::filesystem::remove(options.checkpoint);
  TrainingCallbacks interrupt;
  interrupt.on_epoch = [](const EpochReport& report) {
    if (report.epoch == 2) throw std::runtime_error("interrupted");
  };
  EXPECT_THROW(Train(TinyNetwork(), options, source, interrupt), std::runtime_error);
  const TrainResult resumed = Train(TinyNetwork(), options, source);
  EXPECT_EQ(resumed.resumed_at, 2);
  EXPECT_EQ(AllConstants(resumed.graph), AllConstants(whole));
  EXPECT_EQ(resumed.curve, uninterrupted.curve);

  const TrainResult finished = Train(TinyNetwork(), options, source);
  std::filesystem::remove(options.checkpoint);
  EXPECT_EQ(finished.resumed_at, 4);
  EXPECT_EQ(finished.last_loss, resumed.last_loss);
  EXPECT_EQ(AllConstants(finished.graph), AllConstants(whole));
}

INSTANTIATE_TEST_SUITE_P(Both, Optimizers,
                         ::testing::Values(OptimizerKind::kSgd, OptimizerKind::kAdam));

TEST(Train, WithAnotherSeed_DropsOtherValues) {
  Corners source;
  TrainOptions options = Options(1);
  const Graph one = Train(TinyNetwork(), options, source).graph;
  EXPECT_EQ(AllConstants(Train(TinyNetwork(), options, source).graph), AllConstants(one));
  options.seed = 2;
  EXPECT_NE(AllConstants(Train(TinyNetwork(), options, source).graph), AllConstants(one));
}

TEST(Train, WithSeveralSourceThreads_GivesTheSameResult) {
  Corners source;
  TrainOptions options = Options(2);
  const Graph one = Train(TinyNetwork(), options, source).graph;
  options.source_threads = 3;
  EXPECT_EQ(AllConstants(Train(TinyNetwork(), options, source).graph), AllConstants(one));
}

TEST(Train, WithAnEndlessLearningRate_DivergesNamingEpochAndStep) {
  Corners source;
  TrainOptions options = Options(3);
  options.optimizer.learning_rate = 1e30f;
  try {
    Train(TinyNetwork(), options, source);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kTraining);
    EXPECT_EQ(error.code(), ErrorCode::kDiverged);
    EXPECT_THAT(error.what(), HasSubstr("in epoch 0, step "));
    EXPECT_THAT(error.what(), HasSubstr("lower the learning rate"));
  }
}

TEST(Train, WithNanInTheData_SaysThatTheBatchHoldsIt) {
  Corners source;
  source.poisoned_epoch = 1;
  try {
    Train(TinyNetwork(), Options(3), source);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kDiverged);
    EXPECT_THAT(error.what(), HasSubstr("in epoch 1, step 0 of 8"));
    EXPECT_THAT(error.what(), HasSubstr("batch itself"));
  }
}

TEST(Train, Progress_CountsStepsAndFollowsTheSchedule) {
  Corners source;
  TrainOptions options = Options(3);
  options.schedule.milestone_epochs = 2;
  std::vector<TrainingProgress> seen;
  TrainingCallbacks callbacks;
  callbacks.on_step = [&](const TrainingProgress& progress) { seen.push_back(progress); };
  Train(TinyNetwork(), options, source, callbacks);
  ASSERT_EQ(seen.size(), 24u);
  EXPECT_EQ(seen[9].epoch, 1);
  EXPECT_EQ(seen[9].step, 1);
  EXPECT_FLOAT_EQ(static_cast<float>(seen[15].learning_rate), 0.05f);
  EXPECT_FLOAT_EQ(static_cast<float>(seen[16].learning_rate), 0.005f);
  EXPECT_GT(seen[0].images_per_second, 0.0);
  EXPECT_EQ(seen[23].seconds_left, 0.0);
}

TEST(LearningRate, Cosine_GoesFromTheWholeRateToNothing) {
  const ScheduleOptions schedule{.kind = ScheduleOptions::Kind::kCosine};
  EXPECT_FLOAT_EQ(LearningRateAt(schedule, 0.2f, 0.0, 10), 0.2f);
  EXPECT_FLOAT_EQ(LearningRateAt(schedule, 0.2f, 5.0, 10), 0.1f);
  EXPECT_NEAR(LearningRateAt(schedule, 0.2f, 10.0, 10), 0.0f, 1e-9f);
}

TEST(LearningRate, Warmup_GrowsLinearly) {
  const ScheduleOptions schedule{.warmup_epochs = 2.0f};
  EXPECT_FLOAT_EQ(LearningRateAt(schedule, 0.1f, 0.5, 30), 0.025f);
  EXPECT_FLOAT_EQ(LearningRateAt(schedule, 0.1f, 2.0, 30), 0.1f);
  EXPECT_FLOAT_EQ(LearningRateAt(schedule, 0.1f, 10.0, 30), 0.01f);
}

}  // namespace
}  // namespace vigil
