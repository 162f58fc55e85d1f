// The whole idea in small: T is trained, PE is trained on what T keeps, and PE must know T's
// failures better than T's own confidence does, and better than who always gives the commoner
// answer.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "engine/cpu/cpu_backend.h"
#include "estimator/data/augment/augmented.h"
#include "estimator/data/random.h"
#include "estimator/evaluation/comparison.h"
#include "estimator/evaluation/judged_set.h"
#include "estimator/models/estimator.h"
#include "estimator/models/layers.h"
#include "estimator/training/estimator_source.h"
#include "estimator/training/image_source.h"
#include "estimator/training/trainer.h"

namespace vigil {
namespace {

constexpr int kSide = 16;
constexpr int kClasses = 4;

Task BarTask() {
  return {.kind = Task::Kind::kClassification,
          .name = "bars",
          .outputs = kClasses,
          .labels = {"0", "45", "90", "135"},
          .causes = {Cause::kLocalization, Cause::kBlur, Cause::kLighting, Cause::kOther}};
}

// A bar in one of four directions, anywhere, in any contrast, under noise: some are hard on their
// own.
class Bars final : public Dataset {
 public:
  Bars(std::uint64_t seed, std::int64_t count) : seed_(seed), count_(count) {}
  std::string name() const override { return "bars"; }
  std::int64_t size() const override { return count_; }
  Sample Get(std::int64_t index) const override {
    Random random{seed_, static_cast<std::uint64_t>(index)};
    Sample sample;
    sample.truth.label = random.Below(kClasses);
    sample.image = Image::Make(kSide, kSide);
    sample.box = {kSide / 2.0f, kSide / 2.0f, kSide};
    const double angle = sample.truth.label * 0.785398;
    const double x0 = random.Uniform(5, 11), y0 = random.Uniform(5, 11);
    const double contrast = random.Uniform(12, 110) * random.Sign();
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        const double along = (x - x0) * std::cos(angle) + (y - y0) * std::sin(angle);
        const double across = -(x - x0) * std::sin(angle) + (y - y0) * std::cos(angle);
        const double bar = std::abs(along) < 5.5 && std::abs(across) < 1.2 ? contrast : 0.0;
        for (int c = 0; c < 3; ++c) {
          const double value = 127.0 + bar + 22.0 * random.Normal();
          sample.image.rgb[static_cast<std::size_t>((y * kSide + x) * 3 + c)] =
              static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
        }
      }
    }
    return sample;
  }

 private:
  std::uint64_t seed_;
  std::int64_t count_;
};

Graph BuildBarTarget() {
  LayerBuilder layers(7, 1e-5f);
  ValueId x = layers.Input("image", Shape{1, 3, kSide, kSide});
  x = layers.Relu("first",
                  layers.BatchNorm("first_BN", layers.Conv("first_conv", x, {.filters = 8})));
  x = layers.MaxPool2("pool1", x);
  x = layers.Relu("second",
                  layers.BatchNorm("second_BN", layers.Conv("second_conv", x, {.filters = 16})));
  x = layers.AverageToVector("average", x);
  layers.graph().Output(layers.Dense("logits", x, kClasses));
  return std::move(layers.graph()).Build();
}

TrainOptions Quick(LossKind loss, int epochs, float rate) {
  TrainOptions options;
  options.loss.kind = loss;
  options.optimizer.learning_rate = rate;
  options.schedule = {.kind = ScheduleOptions::Kind::kCosine};
  options.epochs = epochs;
  options.threads = 1;
  return options;
}

AugmentOptions Wild(std::uint64_t seed, std::uint64_t epoch) {
  AugmentOptions augment;
  augment.task = BarTask();
  augment.mix.untouched = 0.4;
  augment.mix.two_operations = 0.5;
  augment.severity = SeverityFor(CifarTask(), "moderate");
  augment.side = kSide;
  augment.seed = seed;
  augment.epoch = epoch;
  return augment;
}

TEST(EndToEnd, TrainedEstimator_BeatsMajorityAndMaximumSoftmax) {
  const Task task = BarTask();
  const auto clean = std::make_shared<Bars>(1, 3200);
  ImageSource images([clean](int) { return clean; }, {.task = task, .side = kSide, .batch = 32});
  const Graph trained =
      Train(BuildBarTarget(), Quick(LossKind::kCrossEntropy, 4, 0.05f), images).graph;
  const Graph target = trained.WithTaps(std::array<std::string, 1>{"first"});

  const auto runner = std::make_shared<TargetRunner>(target, MakeCpuBackend(), Encoding::kInt8, 32);
  const auto fresh = std::make_shared<Bars>(2, 4800);
  EstimatorSource source(
      [fresh](int epoch) {
        return std::make_shared<AugmentedDataset>(fresh,
                                                  Wild(3, static_cast<std::uint64_t>(epoch)));
      },
      runner, {.task = task, .side = kSide});
  TrainOptions recipe = Quick(LossKind::kGatedBinary, 6, 0.05f);
  recipe.auxiliary = AuxiliaryLoss{.loss = {.kind = LossKind::kCrossEntropy}, .weight = 0.5f};
  const Graph estimator = Train(BuildCifarEstimator({.tap = Shape{1, 8, kSide, kSide},
                                                     .target_outputs = kClasses,
                                                     .causes = 4,
                                                     .width = 0.25,
                                                     .hidden = 16,
                                                     .auxiliary_classes = true}),
                                recipe, source)
                              .graph.WithOutputs(std::array<std::string, 1>{"logits"});

  JudgedRunner judge(target, estimator, MakeCpuBackend(), task, {}, Encoding::kInt8);
  const auto known = judge.Run(AugmentedDataset(std::make_shared<Bars>(4, 800), Wild(5, 0)));
  const auto held_out = judge.Run(AugmentedDataset(std::make_shared<Bars>(6, 1600), Wild(7, 0)));
  const Comparison comparison = Compare(held_out, Gate{}, task, FitOracle(known));
  RecordProperty("auroc", std::to_string(comparison.all.estimator));
  RecordProperty("baseline_auroc", std::to_string(comparison.all.baseline));
  std::printf(
      "T right on %.3f; PE accuracy %.3f, majority %.3f; AUROC %.3f, maximum softmax %.3f, oracle "
      "%.3f\n",
      comparison.metrics.target_accuracy, comparison.metrics.accuracy,
      comparison.metrics.majority_accuracy, comparison.all.estimator, comparison.all.baseline,
      comparison.all.oracle);
  EXPECT_GT(comparison.metrics.target_accuracy, 0.4)
      << "T has learned nothing: the comparison would mean nothing";
  EXPECT_LT(comparison.metrics.target_accuracy, 0.95)
      << "T never fails: the comparison would mean nothing";
  EXPECT_GT(comparison.metrics.accuracy, comparison.metrics.majority_accuracy + 0.01);
  EXPECT_GT(comparison.all.estimator, comparison.all.baseline + 0.01);
}

}  // namespace
}  // namespace vigil
