#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "engine/cpu/cpu_backend.h"
#include "engine/graph/passes.h"
#include "estimator/data/augment/augmented.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/data/views.h"
#include "estimator/models/cifar17.h"
#include "estimator/models/estimator.h"
#include "estimator/models/mobilenet_v2.h"
#include "estimator/taps/pooled_tap.h"
#include "estimator/training/estimator_source.h"
#include "estimator/training/prepared_source.h"
#include "estimator/training/recipes.h"

namespace vigil {
namespace {

constexpr std::int64_t kCifarBatch = 64, kHeadsBatch = 16;
// Epochs of rendered heads that differ; later ones meet the same pictures, since rendering one
// costs more than learning from it. Even, so that both severities have their share.
constexpr int kDistinctHeads = 4;

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

std::string Describe(const TrainOptions& train, bool paper_recipe, std::int64_t batch) {
  return Text("binary cross-entropy, causes only where T is wrong; ",
              paper_recipe ? "the paper's schedule: "
                           : "an auxiliary loss on the truth itself; cosine from ",
              "learning rate ", train.optimizer.learning_rate,
              ", SGD momentum 0.9, weight decay 4e-4, ", train.epochs, " epochs, batch ", batch);
}

// What a recipe learns from: by epoch, and in words for the card.
struct Lesson {
  std::function<std::shared_ptr<const Dataset>(int epoch)> data_of_epoch;
  int distinct_epochs = 0;  // EstimatorSourceOptions
  std::string variant;      // TrainedModel::trained_on
  std::string words;
};

// A lesson with the T that it is seen through.
struct Course {
  Lesson lesson;
  std::vector<std::string> taps;
  std::vector<Shape> shapes;  // of the taps
  std::int64_t batch = 0;
  std::unique_ptr<EstimatorSource> source;
};

std::optional<Lesson> PreparedLesson(const RecipeOptions& options, int side) {
  const std::optional<PreparedDataset> prepared = OpenPreparedFor(options, side);
  if (!prepared) return std::nullopt;
  const std::shared_ptr<const Dataset> data = prepared->data;
  return Lesson{[data](int) { return data; }, 1, prepared->description.variant, data->name()};
}

// The taps asked for, or the recipe's own.
std::vector<std::string> TapsOf(const RecipeOptions& options, std::vector<std::string> usual) {
  if (options.taps.empty()) return usual;
  if (options.taps.size() != usual.size()) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text(options.taps.size(), " taps for an estimator of task ", options.task.name,
                     ": expected ", usual.size()));
  }
  return options.taps;
}

// `usual`: the recipe's own lesson, which a prepared set takes the place of.
Course MakeCourse(const RecipeOptions& options, const Graph& target, std::int64_t batch,
                  std::vector<std::string> usual_taps,
                  const std::function<Lesson(int side)>& usual) {
  const int side = static_cast<int>(target.value(target.inputs()[0]).desc.shape[2]);
  std::optional<Lesson> prepared = PreparedLesson(options, side);
  Course course{.lesson = prepared ? *std::move(prepared) : usual(side),
                .taps = TapsOf(options, std::move(usual_taps)),
                .batch = batch};
  const Graph tapped = TappedTarget(target, course.taps);
  for (const ValueId tap : tapped.taps()) course.shapes.push_back(tapped.value(tap).desc.shape);
  course.source = std::make_unique<EstimatorSource>(
      course.lesson.data_of_epoch,
      std::make_shared<TargetRunner>(tapped, MakeCpuBackend(), kTapEncoding, batch),
      EstimatorSourceOptions{.task = options.task,
                             .normalisation = {},
                             .side = side,
                             .steps = options.images / static_cast<int>(batch),
                             .distinct_epochs = course.lesson.distinct_epochs,
                             .seed = options.seed});
  return course;
}

TrainedModel TrainOn(const Course& course, const Graph& estimator, std::string architecture,
                     const RecipeOptions& options, const TrainOptions& train,
                     const TrainingCallbacks& callbacks) {
  TrainResult result = Train(estimator, train, *course.source, callbacks);
  ModelCard card;
  card.architecture = std::move(architecture);
  card.data = course.lesson.words;
  card.recipe = Describe(train, options.paper_recipe, course.batch);
  return {std::move(result.graph),
          std::move(card),
          course.taps,
          course.lesson.variant,
          {{"estimator", std::move(result.curve)}}};
}

Lesson CifarLesson(const RecipeOptions& options, int side) {
  // T is hardly ever wrong on untouched images that it learned from; on augmented ones it is not
  // far from where it is on new ones. So batches 1 to 3 come augmented only, and the untouched
  // images are batch 4's. What T scores on either is printed by `vigil train estimator`.
  const auto known = OpenCifar10(options.root, {1, 2, 3});
  const auto fresh = OpenCifar10(options.root, {4});
  const auto data_of_epoch = [options, side, known,
                              fresh](int epoch) -> std::shared_ptr<const Dataset> {
    const char* severity = epoch % 2 ? "moderate" : "paper";
    AugmentOptions touched = Augmentation(options, side, 0.0, severity);
    AugmentOptions mixed = Augmentation(options, side, 0.5, severity);
    touched.mix.two_operations = mixed.mix.two_operations = epoch % 4 < 2 ? 1.0 : 0.5;
    touched.epoch = mixed.epoch = static_cast<std::uint64_t>(epoch);
    return Joined(std::make_shared<AugmentedDataset>(known, touched),
                  std::make_shared<AugmentedDataset>(fresh, mixed));
  };
  return {data_of_epoch, 0, "mixed",
          "CIFAR-10, JPEG q75: batch 4 with half of it untouched, batches 1 to 3 augmented only; "
          "severities paper and moderate, one or two operations, drawn anew each epoch"};
}

TrainedModel TrainCifarEstimator(const RecipeOptions& options, const Graph& target,
                                 const TrainingCallbacks& callbacks) {
  const Course course = MakeCourse(options, target, kCifarBatch, {std::string(kCifar17FirstLayer)},
                                   [&](int side) { return CifarLesson(options, side); });
  const CifarEstimatorOptions architecture{
      .tap = course.shapes[0],
      .causes = static_cast<std::int64_t>(options.task.causes.size()),
      .width = options.width > 0 ? options.width : 0.75,
      .hidden = options.paper_recipe ? 0 : 64,
      .confidence_features = !options.paper_recipe,
      .auxiliary_classes = !options.paper_recipe,
      .seed = options.seed};
  return TrainOn(
      course, BuildCifarEstimator(architecture),
      Text("stem 3x3, residual pairs 64, 128, 256, width ", architecture.width,
           "; inputs: ", course.taps[0], " ", architecture.tap, ", T's 10 logits; 5 classifiers"),
      options, Recipe(options, 8, 0.1f), callbacks);
}

Lesson HeadsLesson(const RecipeOptions& options, int side) {
  const int images = options.images > 0 ? options.images : 6400;
  const auto data_of_epoch = [options, images, side](int epoch) -> std::shared_ptr<const Dataset> {
    AugmentOptions augment = Augmentation(options, side, 0.25, epoch % 2 ? "moderate" : "paper");
    augment.mix.two_operations = 0.75;
    augment.epoch = static_cast<std::uint64_t>(epoch);
    const std::uint64_t seed =
        kHeadsTrainEstimator + options.seed * 1000 + static_cast<std::uint64_t>(epoch);
    return std::make_shared<AugmentedDataset>(OpenRenderedHeads(seed, images), augment);
  };
  return {data_of_epoch, kDistinctHeads, "mixed",
          Text(kDistinctHeads * images,
               " rendered heads that T has not seen, a quarter untouched, the others with one or "
               "two operations, severities paper and moderate")};
}

TrainedModel TrainHeadsEstimator(const RecipeOptions& options, const Graph& target,
                                 const TrainingCallbacks& callbacks) {
  const Course course = MakeCourse(options, target, kHeadsBatch,
                                   {std::string(kMobileNetTap17), std::string(kMobileNetTap57)},
                                   [&](int side) { return HeadsLesson(options, side); });
  const EstimatorOptions architecture{
      .tap_a = course.shapes[0],
      .tap_b = course.shapes[1],
      .causes = static_cast<std::int64_t>(options.task.causes.size()),
      .width = options.width > 0 ? options.width : 0.25,
      .auxiliary_outputs = options.paper_recipe ? 0 : 3,
      .seed = options.seed};
  return TrainOn(course, BuildEstimator(architecture),
                 Text("Table 2 of PERF, width ", architecture.width, "; inputs: ", course.taps[0],
                      " ", architecture.tap_a, ", ", course.taps[1], " ", architecture.tap_b,
                      ", T's 3 outputs; 6 classifiers"),
                 options, Recipe(options, 16, 0.05f), callbacks);
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
