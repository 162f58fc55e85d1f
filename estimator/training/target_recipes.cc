#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "engine/base/text.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/data/model_input.h"
#include "estimator/models/cifar17.h"
#include "estimator/models/mobilenet_v2.h"
#include "estimator/training/image_source.h"
#include "estimator/training/prepared_source.h"
#include "estimator/training/recipes.h"

namespace vigil {
namespace {

// The same constants, by name, in a network built for another input size.
Graph WithWeightsOf(const Graph& graph, const Graph& trained) {
  std::map<ValueId, std::shared_ptr<const Tensor>> constants;
  for (std::size_t i = 0; i < graph.values().size(); ++i) {
    const Value& value = graph.values()[i];
    if (!value.constant) continue;
    const auto id = trained.Find(value.name);
    VIGIL_CHECK(id.has_value());
    constants[static_cast<ValueId>(i)] = trained.value(*id).constant;
  }
  return graph.WithConstants(constants);
}

TrainedModel TrainCifarTarget(const RecipeOptions& options, const TrainingCallbacks& callbacks) {
  const auto prepared = OpenPreparedFor(options, 0);
  const auto data = prepared ? prepared->data : OpenCifar10(options.root, {1, 2, 3});
  ImageSource source([data](int) { return data; }, {.task = options.task,
                                                    .normalisation = {},
                                                    .side = 32,
                                                    .batch = 64,
                                                    .steps = options.images / 64,
                                                    .flip = true,
                                                    .jitter = 0.06,
                                                    .seed = options.seed});
  TrainOptions train;
  train.loss.kind = LossKind::kCrossEntropy;
  train.optimizer.learning_rate = options.learning_rate > 0 ? options.learning_rate : 0.05f;
  train.schedule = {.kind = ScheduleOptions::Kind::kCosine, .warmup_epochs = 0.5f};
  train.epochs = options.epochs > 0 ? options.epochs : 10;
  train.seed = options.seed;
  train.threads = options.threads;
  train.checkpoint = options.checkpoint;
  const Graph built = BuildCifar17(options.seed);
  TrainResult result = Train(built, train, source, callbacks);
  ModelCard card{
      .name = "",
      .architecture =
          "CIFAR-17: Conv32 Conv32 MaxPool Conv64 Conv64 MaxPool Dense128 Dense10 with batch "
          "norms and dropout, input 1x3x32x32",
      .task = options.task.name,
      .data = Text(data->name(), "; mirrored and jittered by up to 6 %"),
      .recipe = Text("cross-entropy, SGD momentum 0.9, weight decay 4e-4, cosine from ",
                     train.optimizer.learning_rate, " over ", train.epochs, " epochs, batch 64"),
      .seed = options.seed,
      .command = "",
      .figures = {},
      .limits = {prepared ? "Knows the images that it learned from: judge it on others."
                          : "Knows the images of batches 1 to 3: judge it on others."}};
  return {std::move(result.graph), std::move(card), {}, "", {{"target", std::move(result.curve)}}};
}

// Side of the input, batch, and the share of the images that this stage sees.
struct Stage {
  int side, batch;
  double share;
  float rate;
};

TrainedModel TrainHeadsTarget(const RecipeOptions& options, const TrainingCallbacks& callbacks) {
  constexpr Stage kStages[] = {
      {64, 16, 0.76, 0.05f}, {112, 16, 0.19, 0.02f}, {224, 8, 0.19, 0.02f}};
  const int side = options.side > 0 ? options.side : 112;
  const int epochs = options.epochs > 0 ? options.epochs : 1;
  const auto prepared = OpenPreparedFor(options, 0);
  const std::int64_t usual = prepared ? prepared->data->size() : 54000;
  const std::int64_t images = options.images > 0 ? options.images : usual;
  Graph graph = BuildMobileNetV2({.side = kStages[0].side, .seed = options.seed});
  std::string schedule;
  std::vector<NamedCurve> curves;
  for (std::size_t stage = 0; stage < std::size(kStages); ++stage) {
    const Stage& now = kStages[stage];
    if (now.side > side) break;
    const auto count = static_cast<std::int64_t>(static_cast<double>(images) * now.share);
    const std::uint64_t stage_seed = kHeadsTrainTarget + options.seed * 1000 + stage;
    const auto heads = prepared ? prepared->data : OpenRenderedHeads(stage_seed, count * epochs);
    ImageSource source([heads](int) { return heads; },
                       {.task = options.task,
                        .normalisation = {},
                        .side = now.side,
                        .batch = now.batch,
                        .steps = static_cast<int>(count / now.batch),
                        .flip = true,
                        .jitter = 0.05,
                        .seed = stage_seed});
    TrainOptions train;
    train.loss.kind = LossKind::kSmoothL1;
    train.optimizer.output_rate = 0.02f;
    train.optimizer.learning_rate =
        now.rate * (options.learning_rate > 0 ? options.learning_rate / kStages[0].rate : 1.0f);
    train.schedule = {.kind = ScheduleOptions::Kind::kCosine, .warmup_epochs = 0.05f};
    train.epochs = epochs;
    train.seed = options.seed;
    train.threads = options.threads;
    if (!options.checkpoint.empty())
      train.checkpoint = Text(options.checkpoint.string(), ".", now.side);
    const Graph resized =
        WithWeightsOf(BuildMobileNetV2({.side = now.side, .seed = options.seed}), graph);
    TrainResult result = Train(resized, train, source, callbacks);
    graph = std::move(result.graph);
    curves.push_back({Text(now.side, "x", now.side), std::move(result.curve)});
    schedule += Text(stage ? ", " : "", count * epochs, " images at ", now.side, "x", now.side,
                     " (batch ", now.batch, ", rate ", train.optimizer.learning_rate, ")");
  }
  ModelCard card{
      .name = "",
      .architecture = Text("MobileNetV2, width 1, three outputs (pitch, yaw, roll in units of 90 "
                           "degrees), input 1x3x",
                           side, "x", side),
      .task = options.task.name,
      .data = Text(prepared ? prepared->data->name() : "rendered heads, every image a fresh one",
                   ", box jittered by up to 5 %, mirrored at random"),
      .recipe = Text("smooth L1 on the pose, SGD momentum 0.9 (output layer at 1/50 of the rate), "
                     "weight decay 4e-4, cosine within each stage: ",
                     schedule),
      .seed = options.seed,
      .command = "",
      .figures = {},
      .limits = {"Has seen rendered heads only, never a photograph."}};
  return {std::move(graph), std::move(card), {}, "", std::move(curves)};
}

}  // namespace

TrainedModel TrainTarget(const RecipeOptions& options, const TrainingCallbacks& callbacks) {
  TrainedModel model = options.task.kind == Task::Kind::kClassification
                           ? TrainCifarTarget(options, callbacks)
                           : TrainHeadsTarget(options, callbacks);
  std::map<std::string, std::string> metadata = model.graph.metadata();
  metadata["vigil.task"] = options.task.name;
  std::string labels;
  for (const std::string& label : options.task.labels)
    labels += (labels.empty() ? "" : ",") + label;
  metadata["vigil.labels"] = labels;
  model.graph = WithNormalisation(model.graph.WithMetadata(std::move(metadata)), Normalisation{});
  return model;
}

}  // namespace vigil
