#include <array>
#include <memory>
#include <string>
#include <utility>

#include "engine/base/text.h"
#include "engine/cpu/cpu_backend.h"
#include "estimator/data/augment/augmented.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/data/model_input.h"
#include "estimator/data/views.h"
#include "estimator/models/cifar17.h"
#include "estimator/models/mobilenet_v2.h"
#include "estimator/taps/pooled_tap.h"
#include "estimator/training/prepared_source.h"
#include "estimator/training/recipes.h"
#include "estimator/training/view_source.h"

namespace vigil {
namespace {

constexpr std::int64_t kBatch = 64;
constexpr int kCifarEpochs = 8, kHeadsEpochs = 40;  // of 30,000 and 3,200 images
constexpr float kClassesWeight = 0.3f;  // of the classifier's loss beside reconstruction's

// Images that T learned from, untouched, at T's input size.
std::shared_ptr<const Dataset> KnownImages(const RecipeOptions& options, int side) {
  if (const auto prepared = OpenPreparedFor(options, side)) return prepared->data;
  const bool cifar = options.task.kind == Task::Kind::kClassification;
  std::shared_ptr<const Dataset> known =
      cifar
          ? OpenCifar10(options.root, {1, 2, 3})
          : OpenRenderedHeads(kHeadsTrainTarget + 1000, options.images > 0 ? options.images : 3200);
  if (cifar && options.images > 0 && options.images < known->size())
    known = Slice(known, 0, options.images);
  AugmentOptions untouched;
  untouched.task = options.task;
  untouched.mix = AugmentMix::Clean();
  untouched.severity = SeverityFor(options.task, "moderate");
  untouched.side = side;
  return std::make_shared<AugmentedDataset>(known, untouched);
}

std::vector<std::string> TapsOf(const RecipeOptions& options) {
  if (!options.taps.empty()) return options.taps;
  if (options.task.kind == Task::Kind::kClassification) return {std::string(kCifar17FirstLayer)};
  return {std::string(kMobileNetTap17), std::string(kMobileNetTap57)};
}

TrainOptions Recipe(const RecipeOptions& options, AutoencoderKind kind, std::int64_t elements,
                    int epochs) {
  TrainOptions train;
  train.loss.kind = LossKind::kResidual;
  train.optimizer.kind = OptimizerKind::kAdam;
  train.optimizer.learning_rate = options.learning_rate > 0 ? options.learning_rate : 1e-3f;
  train.optimizer.weight_decay = 1e-4f;
  train.optimizer.gradient_limit = 1.0f;
  train.schedule = {.kind = ScheduleOptions::Kind::kCosine, .warmup_epochs = 0.3f};
  train.epochs = options.epochs > 0 ? options.epochs : epochs;
  train.seed = options.seed;
  train.threads = options.threads;
  train.checkpoint = options.checkpoint;
  // Negative log likelihood with a decoder's variance of one half: the squares' sum plus the
  // divergence, here both over the elements of the view.
  if (kind == AutoencoderKind::kVariational) {
    train.auxiliary = AuxiliaryLoss{.loss = {.kind = LossKind::kStandardNormal},
                                    .weight = 1.0f / static_cast<float>(elements)};
  } else if (kind == AutoencoderKind::kJoint) {
    train.auxiliary =
        AuxiliaryLoss{.loss = {.kind = LossKind::kCrossEntropy}, .weight = kClassesWeight};
  }
  return train;
}

std::string WordsOf(AutoencoderKind kind) {
  switch (kind) {
    case AutoencoderKind::kPlain:
      return "autoencoder";
    case AutoencoderKind::kVariational:
      return "variational autoencoder";
    case AutoencoderKind::kJoint:
      return "autoencoder and classifier trained together, decoder dropped";
  }
  return "";
}

std::string LossWords(AutoencoderKind kind) {
  switch (kind) {
    case AutoencoderKind::kPlain:
      return "mean squared error of the reconstruction";
    case AutoencoderKind::kVariational:
      return "mean squared error of the reconstruction plus the divergence of the latent from "
             "standard normal, over the elements";
    case AutoencoderKind::kJoint:
      return Text("mean squared error of the reconstruction plus ", kClassesWeight,
                  " times the cross-entropy of the true decision");
  }
  return "";
}

}  // namespace

MonitorLesson MakeMonitorLesson(const RecipeOptions& options, const Graph& target,
                                const std::function<void(std::int64_t, std::int64_t)>& on_image) {
  const int side = static_cast<int>(target.value(target.inputs()[0]).desc.shape[2]);
  MonitorLesson lesson{.views = nullptr, .taps = TapsOf(options), .shapes = {}, .words = ""};
  TargetRunner runner(TappedTarget(target, lesson.taps), MakeCpuBackend(), kTapEncoding, kBatch);
  for (const PlannedTap& tap : runner.plan().taps) lesson.shapes.push_back(tap.shape);
  const std::shared_ptr<const Dataset> data = KnownImages(options, side);
  const auto hear = [&](std::int64_t done) {
    if (on_image) on_image(done, data->size());
  };
  lesson.views = std::make_shared<const Views>(
      CollectViews(*data, runner, options.task, NormalisationOf(target), [&](std::int64_t done) {
        if (done < data->size()) hear(done);
      }));
  hear(data->size());  // what fills no batch is left out
  lesson.words = Text(data->name(), ", ", lesson.views->size(), " images, untouched");
  return lesson;
}

TrainedModel TrainMonitor(const RecipeOptions& options, AutoencoderKind kind,
                          const MonitorLesson& lesson, const TrainingCallbacks& callbacks) {
  const Views& views = *lesson.views;
  const AutoencoderOptions architecture{
      .kind = kind,
      .taps = lesson.shapes,
      .classes = static_cast<std::int64_t>(options.task.labels.size()),
      .seed = options.seed};
  const ViewNormalisation normalisation = NormalisationOfViews(views, lesson.shapes);
  const bool noise = kind == AutoencoderKind::kVariational;
  ViewSource source(
      std::make_shared<const Views>(Whitened(views, lesson.shapes, normalisation)),
      {.batch = kBatch, .noise = noise ? architecture.latent : 0, .seed = options.seed});
  const TrainOptions train =
      Recipe(options, kind, views.shape.elements(),
             options.task.kind == Task::Kind::kClassification ? kCifarEpochs : kHeadsEpochs);
  TrainResult result = Train(BuildAutoencoderForTraining(architecture), train, source, callbacks);

  std::string inputs;
  for (std::size_t i = 0; i < lesson.taps.size(); ++i)
    inputs += Text(i ? ", " : "", lesson.taps[i], " ", lesson.shapes[i]);
  ModelCard card;
  card.architecture =
      Text(WordsOf(kind), " over ", inputs, ", seen as ", views.shape,
           " whitened window means and deviations; ", architecture.latent, " latent numbers");
  card.task = options.task.name;
  card.data = lesson.words;
  card.recipe =
      Text(LossWords(kind), "; Adam, weight decay 1e-4, gradients of norm 1 at most, cosine from ",
           train.optimizer.learning_rate, ", ", train.epochs, " epochs, batch ", kBatch);
  card.seed = options.seed;
  card.limits = {
      "Says how unlike known records one is, not whether T was wrong on it: that is PE's.",
      "Knows one T: its taps are of no use with another."};
  return {BuildAutoencoder(architecture, normalisation, result.graph),
          std::move(card),
          lesson.taps,
          "",
          {{"monitor", std::move(result.curve)}}};
}

}  // namespace vigil
