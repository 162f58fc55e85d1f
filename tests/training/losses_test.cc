// Losses, seen from outside: a network that hands its input on makes the first step's loss a number
// that a hand can work out.
#include "estimator/training/losses.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "estimator/training/trainer.h"

namespace vigil {
namespace {

class OneBatch : public TrainingSource {
 public:
  OneBatch(const Shape& shape, std::vector<float> inputs, Tensor targets)
      : inputs_(shape, inputs), targets_(std::move(targets)) {}
  int steps_per_epoch() const override { return 1; }
  TrainingBatch Get(int, int) override {
    TrainingBatch batch;
    batch.inputs.push_back(inputs_.Clone());
    batch.targets = targets_.Clone();
    return batch;
  }

 private:
  Tensor inputs_, targets_;
};

Tensor Classes(const std::vector<std::int32_t>& classes) {
  Tensor tensor(TensorDesc{DType::kInt32, Shape{static_cast<std::int64_t>(classes.size())}});
  std::ranges::copy(classes, tensor.as<std::int32_t>().begin());
  return tensor;
}

Graph Handed(std::int64_t columns) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, Shape{1, columns}});
  Tensor identity(TensorDesc{DType::kFloat32, Shape{columns, columns}});
  for (std::int64_t i = 0; i < columns; ++i)
    identity.as<float>()[static_cast<std::size_t>(i * (columns + 1))] = 1.0f;
  const ValueId weights = builder.Constant("weights", std::move(identity));
  builder.Output(builder.Add("y", GemmAttrs{}, {x, weights}));
  return std::move(builder).Build();
}

// The loss of the first step; `after`, where given, gets the weights that it led to.
double LossOf(const LossOptions& loss, OneBatch source, std::int64_t columns,
              std::vector<float>* after = nullptr) {
  TrainOptions options;
  options.loss = loss;
  options.epochs = 1;
  options.threads = 1;
  options.optimizer.weight_decay = 0.0f;
  const TrainResult result = Train(Handed(columns), options, source);
  if (after) {
    const auto weights = result.graph.value(*result.graph.Find("weights")).constant->as<float>();
    after->assign(weights.begin(), weights.end());
  }
  return result.last_loss;
}

double Softplus(double x) { return std::log1p(std::exp(x)); }

TEST(CrossEntropy, IsTheMeanOfTheLogProbabilities) {
  const double expected =
      (std::log(1 + std::exp(-2.0)) + std::log(1 + std::exp(1.0))) / 2.0;  // margins 2 and -1
  EXPECT_NEAR(LossOf({}, OneBatch(Shape{2, 2}, {3, 1, 0, 1}, Classes({0, 0})), 2), expected, 1e-6);
}

TEST(SmoothL1, IsQuadraticWithinBetaAndLinearBeyond) {
  const LossOptions loss{.kind = LossKind::kSmoothL1, .smooth_l1_beta = 0.5f};
  const Tensor targets(Shape{1, 2}, std::vector<float>{0, 0});
  // 0.5 * 0.2^2 / 0.5 and 2 - 0.25.
  EXPECT_NEAR(LossOf(loss, OneBatch(Shape{1, 2}, {0.2f, 2.0f}, targets.Clone()), 2),
              (0.04 + 1.75) / 2.0, 1e-6);
}

TEST(GatedBinary, CausesCountOnlyWhereTheTargetWasWrong) {
  // Row 0: T correct; its cause logits of 50 would cost 50 each if they were judged.
  // Row 1: T wrong because of cause 1.
  const Tensor targets(Shape{2, 3}, std::vector<float>{1, 0, 0, 0, 1, 0});
  const double correct = (Softplus(-2.0) + Softplus(1.0)) / 2.0;
  const double causes = (Softplus(-0.5) + Softplus(-3.0)) / 2.0;
  const LossOptions loss{.kind = LossKind::kGatedBinary, .cause_weight = 0.5f};
  const double got =
      LossOf(loss, OneBatch(Shape{2, 3}, {2, 50, 50, 1, 0.5f, -3}, targets.Clone()), 3);
  EXPECT_NEAR(got, correct + 0.5 * causes, 1e-6);
}

TEST(GatedBinary, WithoutAFailure_TeachesNothingAboutCauses) {
  const Tensor targets(Shape{1, 3}, std::vector<float>{1, 0, 0});
  std::vector<float> weights;
  const double loss = LossOf({.kind = LossKind::kGatedBinary},
                             OneBatch(Shape{1, 3}, {1, 2, 3}, targets.Clone()), 3, &weights);
  EXPECT_NEAR(loss, Softplus(-1.0), 1e-6);
  for (const std::size_t row : {0u, 1u, 2u}) {
    EXPECT_EQ(weights[row * 3 + 1], row == 1 ? 1.0f : 0.0f);
    EXPECT_EQ(weights[row * 3 + 2], row == 2 ? 1.0f : 0.0f);
  }
  EXPECT_GT(weights[0], 1.0f);
}

TEST(GatedBinary, ClassWeights_MultiplyPositiveTargets) {
  const Tensor targets(Shape{1, 2}, std::vector<float>{0, 1});
  const LossOptions loss{.kind = LossKind::kGatedBinary, .class_weights = {7.0f, 3.0f}};
  EXPECT_NEAR(LossOf(loss, OneBatch(Shape{1, 2}, {0, 1}, targets.Clone()), 2),
              std::log(2.0) + 3.0 * Softplus(-1.0), 1e-6);
}

// One picture of one cell that has a face, one of one cell that has none: [2, 5, 1, 1].
TEST(FaceGrid, BoxesCountWhereThereIsAFace_AndBothByTheNumberOfFaces) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, Shape{1, 5, 1, 1}});
  Tensor identity(TensorDesc{DType::kFloat32, Shape{5, 5, 1, 1}});
  for (std::size_t i = 0; i < 5; ++i) identity.as<float>()[i * 6] = 1.0f;
  builder.Output(
      builder.Add("y", ConvAttrs{}, {x, builder.Constant("weights", std::move(identity))}));
  OneBatch source(Shape{2, 5, 1, 1}, {2, 0.1f, 3, 0, 0, -1, 50, 50, 50, 50},
                  Tensor(Shape{2, 5, 1, 1}, std::vector<float>{1, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  TrainOptions options;
  options.loss = {.kind = LossKind::kFaceGrid, .smooth_l1_beta = 0.2f};
  options.epochs = options.threads = 1;
  // 0.5 * 0.1^2 / 0.2 within beta, 3 - 0.1 beyond it.
  const double expected = Softplus(-2.0) + Softplus(-1.0) + 0.025 + 2.9;
  EXPECT_NEAR(Train(std::move(builder).Build(), options, source).last_loss, expected, 1e-5);
}

TEST(AuxiliaryLoss, IsAddedFromTheSecondOutputByItsWeight) {
  class TwoTargets final : public TrainingSource {
   public:
    int steps_per_epoch() const override { return 1; }
    TrainingBatch Get(int, int) override {
      TrainingBatch batch;
      batch.inputs.emplace_back(Shape{1, 2}, std::vector<float>{1, 2});
      batch.targets = Classes({0});
      batch.auxiliary_targets = Tensor(Shape{1, 2}, std::vector<float>{0, 0});
      return batch;
    }
  } source;
  const std::vector<std::string> outputs{"y", "x"};
  TrainOptions options;
  options.epochs = options.threads = 1;
  options.auxiliary = AuxiliaryLoss{.loss = {.kind = LossKind::kMeanSquared}, .weight = 0.5f};
  const double expected = std::log1p(std::exp(1.0)) + 0.5 * (1.0 + 4.0) / 2.0;
  EXPECT_NEAR(Train(Handed(2).WithOutputs(outputs), options, source).last_loss, expected, 1e-6);
  try {
    Train(Handed(2), options, source);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidValue);
  }
}

void ExpectRefused(const LossOptions& loss, OneBatch source, ErrorCode code, const char* text) {
  try {
    LossOf(loss, std::move(source), 2);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kTraining);
    EXPECT_EQ(error.code(), code);
    EXPECT_THAT(error.what(), ::testing::HasSubstr(text));
  }
}

TEST(Losses, TargetsThatDoNotFit_AreRefusedWithTheNumbers) {
  ExpectRefused({}, OneBatch(Shape{2, 2}, {0, 0, 0, 0}, Classes({0, 2})), ErrorCode::kInvalidValue,
                "row 1 is class 2: expected 0 to 1");
  ExpectRefused({}, OneBatch(Shape{2, 2}, {0, 0, 0, 0}, Classes({0})), ErrorCode::kInvalidShape,
                "targets are 1");
  ExpectRefused({.kind = LossKind::kMeanSquared},
                OneBatch(Shape{2, 2}, {0, 0, 0, 0}, Classes({0, 1})), ErrorCode::kInvalidType,
                "expected float32");
}

TEST(Losses, Residual_IsTheMeanSquareWithoutTargets) {
  EXPECT_NEAR(
      LossOf({.kind = LossKind::kResidual}, OneBatch(Shape{1, 3}, {1, -2, 3}, Classes({0})), 3),
      14.0 / 3.0, 1e-6);
}

// Means (1, 0) and (0, 0), logarithms of variances (0, 1) and (0, 0): the second is standard
// normal.
TEST(Losses, StandardNormal_IsTheDivergenceInNats) {
  const double first = 0.5 + 0.5 * (std::exp(1.0) - 2.0);
  EXPECT_NEAR(LossOf({.kind = LossKind::kStandardNormal},
                     OneBatch(Shape{2, 4}, {1, 0, 0, 1, 0, 0, 0, 0}, Classes({0})), 4),
              0.5 * first, 1e-6);
  EXPECT_THROW(LossOf({.kind = LossKind::kStandardNormal},
                      OneBatch(Shape{1, 3}, {1, 0, 0}, Classes({0})), 3),
               Error);
}

}  // namespace
}  // namespace vigil
