#include <cstdio>
#include <filesystem>

#include "engine/base/text.h"
#include "engine/cpu/cpu_backend.h"
#include "engine/onnx/onnx.h"
#include "estimator/data/heads/rendered_scenes.h"
#include "estimator/detect/detector_quality.h"
#include "tools/vigil/train/train_command.h"

namespace vigil {

void TrainDetectorModel(const TrainArguments& arguments) {
  TrainedModel model = TrainDetector(arguments.recipe, PrintTraining());
  SaveOnnx(model.graph, arguments.output, {.half_weights = true});
  const Graph saved = LoadOnnx(arguments.output);  // measured as it ships, weights rounded to half
  const auto side = static_cast<int>(saved.value(saved.inputs()[0]).desc.shape[2]);
  const RenderedScenes scenes(
      {.seed = kScenesTestDetector, .count = 1000, .side = side, .empty = 0.2});
  FaceDetector detector(saved, MakeCpuBackend(), {});
  const DetectorQuality quality = MeasureDetector(detector, scenes);
  const auto percent = [](std::int64_t part, std::int64_t all) {
    return all ? 100.0 * static_cast<double>(part) / static_cast<double>(all) : 0.0;
  };
  const std::string conditions =
      Text(scenes.name(), ", ", scenes.size(), " pictures, cpu, fp32 with weights stored as fp16");
  model.card.name = std::filesystem::path(arguments.output).stem().string();
  model.card.command = CommandForCard("detector", arguments);
  model.card.figures = {
      {"faces found", percent(quality.found, quality.pictures), "%", conditions},
      {"pictures without a face that show one", percent(quality.alarms, quality.empty), "%",
       conditions},
      {"overlap with the true box", quality.overlap, "IoU", conditions},
      {"distance of the centres", quality.distance, "sides of the box", conditions}};
  SaveCard(model.card, arguments.output);
  WriteCurves(model, arguments.output);
  std::printf("found %.2f %% of the faces, overlap %.3f, false alarms on %.2f %% of %s\nwrote %s\n",
              percent(quality.found, quality.pictures), quality.overlap,
              percent(quality.alarms, quality.empty), conditions.c_str(), arguments.output.c_str());
}

}  // namespace vigil
