#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "engine/cpu/cpu_backend.h"
#include "engine/graph/passes.h"
#include "estimator/data/augment/augmented.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/models/cifar17.h"
#include "estimator/models/estimator.h"
#include "estimator/models/mobilenet_v2.h"
#include "estimator/training/estimator_source.h"
#include "estimator/training/recipes.h"

namespace vigil {
namespace {

constexpr std::int64_t kBatch = 64;
// Epochs of rendered heads that differ; later ones meet the same pictures, since rendering one
// costs more than learning from it. Even, so that both severities have their share.
constexpr int kDistinctHeads = 4;

// Two data sets as one.
class JoinedDataset final : public Dataset {
 public:
  JoinedDataset(std::shared_ptr<const Dataset> first, std::shared_ptr<const Dataset> second)
      : first_(std::move(first)), second_(std::move(second)) {}
  std::string name() const override { return first_->name() + " and " + second_->name(); }
  std::int64_t size() const override { return first_->size() + second_->size(); }
  Sample Get(std::int64_t index) const override {
    return index < first_->size() ? first_->Get(index) : second_->Get(index - first_->size());
  }

 private:
  std::shared_ptr<const Dataset> first_, second_;
};

AugmentOptions Augmentation(const RecipeOptions& options, int side, double untouched,
                            std::string_view severity) {
  AugmentOptions augment;
  augment.task = options.task;
  augment.mix = AugmentMix::TwoCause();
  augment.mix.untouched = untouched;
  augment.severity = SeverityFor(options.task, severity);
  augment.side = side;
  augment.seed = options.seed * 7919 + untouched * 100;
  return augment;
}

TrainOptions Recipe(const RecipeOptions& options, int epochs, float learning_rate) {
  TrainOptions train;
  train.loss.kind = LossKind::kGatedBinary;
  train.epochs = options.epochs > 0 ? options.epochs : epochs;
  train.optimizer.learning_rate = options.learning_rate > 0 ? options.learning_rate : learning_rate;
  train.schedule = {.kind = ScheduleOptions::Kind::kCosine, .warmup_epochs = 0.3f};
  train.seed = options.seed;
  train.threads = options.threads;
  train.checkpoint = options.checkpoint;
  if (options.paper_recipe) {
    train.epochs = options.epochs > 0 ? options.epochs : 30;
    train.optimizer.learning_rate = 0.1f;
    train.schedule = {};
  } else {
    train.auxiliary = AuxiliaryLoss{
        .loss = {.kind = options.task.kind == Task::Kind::kClassification ? LossKind::kCrossEntropy
                                                                          : LossKind::kSmoothL1},
        .weight = options.task.kind == Task::Kind::kClassification ? 0.5f : 5.0f};
  }
  return train;
}

std::string Describe(const TrainOptions& train, bool paper_recipe) {
  return Text("binary cross-entropy, causes only where T is wrong; ",
              paper_recipe ? "the paper's schedule: "
                           : "an auxiliary loss on the truth itself; cosine from ",
              "learning rate ", train.optimizer.learning_rate,
              ", SGD momentum 0.9, weight decay 4e-4, ", train.epochs, " epochs, batch ", kBatch);
}

TrainedModel TrainCifarEstimator(const RecipeOptions& options, const Graph& target,
                                 const TrainingCallbacks& callbacks) {
  // T is hardly ever wrong on untouched images that it learned from; on augmented ones it is not
  // far from where it is on new ones. So batches 1 to 3 come augmented only, and the untouched
  // images are batch 4's. What T scores on either is printed by `vigil train estimator`.
  const auto known = OpenCifar10(options.root, {1, 2, 3});
  const auto fresh = OpenCifar10(options.root, {4});
  const auto data_of_epoch = [&, known, fresh](int epoch) -> std::shared_ptr<const Dataset> {
    const char* severity = epoch % 2 ? "moderate" : "paper";
    AugmentOptions touched = Augmentation(options, 32, 0.0, severity);
    AugmentOptions mixed = Augmentation(options, 32, 0.5, severity);
    touched.mix.two_operations = mixed.mix.two_operations = epoch % 4 < 2 ? 1.0 : 0.5;
    touched.epoch = mixed.epoch = static_cast<std::uint64_t>(epoch);
    return std::make_shared<JoinedDataset>(std::make_shared<AugmentedDataset>(known, touched),
                                           std::make_shared<AugmentedDataset>(fresh, mixed));
  };
  const std::string tap(kCifar17FirstLayer);
  const Graph tapped = target.WithTaps(std::array{tap});
  const auto runner =
      std::make_shared<TargetRunner>(tapped, MakeCpuBackend(), kTapEncoding, kBatch);
  EstimatorSource source(data_of_epoch, runner,
                         {.task = options.task,
                          .normalisation = {},
                          .side = 32,
                          .steps = options.images / static_cast<int>(kBatch),
                          .seed = options.seed});
  const CifarEstimatorOptions architecture{
      .causes = static_cast<std::int64_t>(options.task.causes.size()),
      .width = options.width > 0 ? options.width : 0.75,
      .hidden = options.paper_recipe ? 0 : 64,
      .confidence_features = !options.paper_recipe,
      .auxiliary_classes = !options.paper_recipe,
      .seed = options.seed};
  const TrainOptions train = Recipe(options, 8, 0.1f);
  TrainResult result = Train(BuildCifarEstimator(architecture), train, source, callbacks);
  ModelCard card;
  card.architecture = Text("stem 3x3, residual pairs 64, 128, 256, width ", architecture.width,
                           "; inputs: T's first layer 1x32x32x32, T's 10 logits; 5 classifiers");
  card.data =
      "CIFAR-10, JPEG q75: batch 4 with half of it untouched, batches 1 to 3 augmented only; "
      "severities paper "
      "and moderate, one or two operations, drawn anew each epoch";
  card.recipe = Describe(train, options.paper_recipe);
  return {std::move(result.graph), std::move(card), {tap}};
}

TrainedModel TrainHeadsEstimator(const RecipeOptions& options, const Graph& target,
                                 const TrainingCallbacks& callbacks) {
  const int images = options.images > 0 ? options.images : 6400;
  const int side = static_cast<int>(target.value(target.inputs()[0]).desc.shape[2]);
  const auto data_of_epoch = [&options, images, side](int epoch) -> std::shared_ptr<const Dataset> {
    AugmentOptions augment = Augmentation(options, side, 0.25, epoch % 2 ? "moderate" : "paper");
    augment.mix.two_operations = 0.75;
    augment.epoch = static_cast<std::uint64_t>(epoch);
    const std::uint64_t seed =
        kHeadsTrainEstimator + options.seed * 1000 + static_cast<std::uint64_t>(epoch);
    return std::make_shared<AugmentedDataset>(OpenRenderedHeads(seed, images), augment);
  };
  const std::vector<std::string> taps{std::string(kMobileNetTap17), std::string(kMobileNetTap57)};
  const Graph tapped = target.WithTaps(taps);
  const auto runner = std::make_shared<TargetRunner>(tapped, MakeCpuBackend(), kTapEncoding, 16);
  EstimatorSource source(data_of_epoch, runner,
                         {.task = options.task,
                          .normalisation = {},
                          .side = side,
                          .distinct_epochs = kDistinctHeads,
                          .seed = options.seed});
  const EstimatorOptions architecture{
      .tap_a = tapped.value(tapped.taps()[0]).desc.shape,
      .tap_b = tapped.value(tapped.taps()[1]).desc.shape,
      .causes = static_cast<std::int64_t>(options.task.causes.size()),
      .width = options.width > 0 ? options.width : 0.25,
      .auxiliary_outputs = options.paper_recipe ? 0 : 3,
      .seed = options.seed};
  const TrainOptions train = Recipe(options, 16, 0.05f);
  TrainResult result = Train(BuildEstimator(architecture), train, source, callbacks);
  ModelCard card;
  card.architecture = Text("Table 2 of PERF, width ", architecture.width, "; inputs: ", taps[0],
                           " ", architecture.tap_a, ", ", taps[1], " ", architecture.tap_b,
                           ", T's 3 outputs; 6 classifiers");
  card.data =
      Text(kDistinctHeads * images,
           " rendered heads that T has not seen, a quarter untouched, the others with one or two "
           "operations, severities paper and moderate");
  card.recipe = Describe(train, options.paper_recipe);
  return {std::move(result.graph), std::move(card), taps};
}

}  // namespace

TrainedModel TrainEstimator(const RecipeOptions& options, const Graph& target,
                            const TrainingCallbacks& callbacks) {
  const bool classes = options.task.kind == Task::Kind::kClassification;
  TrainedModel model = classes ? TrainCifarEstimator(options, target, callbacks)
                               : TrainHeadsEstimator(options, target, callbacks);
  // What only training needed goes.
  model.graph = RemoveDead(model.graph.WithOutputs(std::array<std::string, 1>{"logits"}));
  model.card.task = options.task.name;
  model.card.seed = options.seed;
  return model;
}

}  // namespace vigil
