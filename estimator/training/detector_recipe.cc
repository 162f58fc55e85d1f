#include <memory>
#include <utility>

#include "engine/base/text.h"
#include "estimator/data/heads/rendered_scenes.h"
#include "estimator/models/face_detector.h"
#include "estimator/training/recipes.h"
#include "estimator/training/scene_source.h"

namespace vigil {

TrainedModel TrainDetector(const RecipeOptions& options, const TrainingCallbacks& callbacks) {
  constexpr int kBatch = 32;
  const int side = options.side > 0 ? options.side : 128;
  const int epochs = options.epochs > 0 ? options.epochs : 8;
  const int images = options.images > 0 ? options.images : 8192;
  const std::int64_t count = std::int64_t{images} * epochs;
  const auto scenes = std::make_shared<RenderedScenes>(RenderedScenesOptions{
      .seed = kScenesTrainDetector + options.seed * 1000, .count = count, .side = side});
  SceneSource source(scenes, kBatch, images / kBatch);
  TrainOptions train;
  train.loss = {.kind = LossKind::kFaceGrid, .smooth_l1_beta = 0.2f};
  train.optimizer = {.kind = OptimizerKind::kAdam,
                     .learning_rate = options.learning_rate > 0 ? options.learning_rate : 2e-3f,
                     .gradient_limit = 10.0f};
  train.schedule = {.kind = ScheduleOptions::Kind::kCosine, .warmup_epochs = 0.3f};
  train.epochs = epochs;
  train.seed = options.seed;
  train.threads = options.threads;
  train.checkpoint = options.checkpoint;
  TrainResult result =
      Train(BuildFaceDetector({.height = side, .width = side, .seed = options.seed}), train, source,
            callbacks);
  ModelCard card{
      .name = "",
      .architecture = Text("depthwise-separable detector of one grid, input 1x3x", side, "x", side),
      .task = "faces",
      .data = Text(scenes->name(), ", every picture a fresh one"),
      .recipe = Text("binary cross-entropy and smooth L1 on the box, Adam, cosine from ",
                     train.optimizer.learning_rate, ", ", epochs, " epochs of ", images,
                     " pictures, batch ", kBatch),
      .seed = options.seed,
      .command = "",
      .figures = {},
      .limits = {"Has seen rendered heads only, never a photograph; one person a picture."}};
  std::map<std::string, std::string> metadata = result.graph.metadata();
  metadata["vigil.task"] = "faces";
  return {result.graph.WithMetadata(std::move(metadata)),
          std::move(card),
          {},
          "",
          {{"detector", std::move(result.curve)}}};
}

}  // namespace vigil
