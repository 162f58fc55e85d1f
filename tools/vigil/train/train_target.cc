#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "engine/base/text.h"
#include "engine/cpu/cpu_backend.h"
#include "engine/onnx/onnx.h"
#include "engine/session/session.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/evaluation/input_learning.h"
#include "tools/vigil/train/train_command.h"

namespace vigil {
namespace {

constexpr std::int64_t kBatch = 16;

struct Accuracy {
  double share = 0.0;
  std::int64_t images = 0;
  double majority = 0.0;  // of the commonest decision
};

// T on untouched images.
Accuracy Measure(const Graph& graph, const Task& task, const Dataset& data) {
  Session session(graph, MakeCpuBackend(), {});
  const int side = static_cast<int>(graph.value(graph.inputs()[0]).desc.shape[2]);
  Tensor images(TensorDesc{DType::kFloat32, Shape{kBatch, 3, side, side}});
  Tensor outputs(TensorDesc{DType::kFloat32, Shape{kBatch, task.outputs}});
  std::int64_t right = 0, done = 0;
  std::vector<std::int64_t> decisions(task.labels.size());
  for (std::int64_t first = 0; first + kBatch <= data.size(); first += kBatch) {
    std::vector<Truth> truths;
    for (std::int64_t i = 0; i < kBatch; ++i) {
      const Sample sample = data.Get(first + i);
      ToTensor(CropAndResize(sample.image, sample.box, side), {}, i, images);
      truths.push_back(sample.truth);
    }
    session.Run(std::array<ConstTensorView, 1>{images.view()}, std::array{outputs.view()});
    for (std::size_t i = 0; i < truths.size(); ++i) {
      const auto width = static_cast<std::size_t>(task.outputs);
      right += task.IsCorrect(outputs.as<float>().subspan(i * width, width), truths[i]);
      ++decisions[static_cast<std::size_t>(task.TrueDecision(truths[i]))];
      ++done;
    }
  }
  const double all = static_cast<double>(std::max<std::int64_t>(done, 1));
  return {static_cast<double>(right) / all, done,
          static_cast<double>(*std::ranges::max_element(decisions)) / all};
}

}  // namespace

void TrainTargetModel(const TrainArguments& arguments) {
  TrainedModel model = TrainTarget(arguments.recipe, PrintTraining());
  // Held out, and not what PE's figures are made on: batch 5, or heads of another seed.
  const bool cifar = arguments.task == "cifar10";
  const std::shared_ptr<const Dataset> data =
      cifar ? OpenCifar10(arguments.root, {5}) : OpenRenderedHeads(kHeadsCalibration + 1, 1600);
  // As the recipe draws them; a prepared set's images are like them.
  const std::shared_ptr<const Dataset> learned =
      cifar ? OpenCifar10(arguments.root, {1, 2, 3})
            : OpenRenderedHeads(kHeadsTrainTarget + arguments.recipe.seed * 1000, kImagesOfSchema);
  model.graph =
      WithInputSchema(model.graph, LearnInputSchema(model.graph, *learned, kImagesOfSchema));
  SaveOnnx(model.graph, arguments.output, {.half_weights = true});
  const Graph saved = LoadOnnx(arguments.output);  // measured as it ships, weights rounded to half
  const Accuracy accuracy = Measure(saved, arguments.recipe.task, *data);
  const std::string conditions = Text(data->name(), ", untouched, ", accuracy.images,
                                      " images, cpu, fp32 with weights stored as fp16");
  model.card.name = std::filesystem::path(arguments.output).stem().string();
  model.card.command = CommandForCard("target", arguments);
  model.card.figures = {{"accuracy", accuracy.share * 100.0, "%", conditions},
                        {"majority class", accuracy.majority * 100.0, "%", conditions}};
  SaveCard(model.card, arguments.output);
  WriteCurves(model, arguments.output);
  std::printf("accuracy %.2f %% (majority class %.2f %%) on %s\nwrote %s\n", accuracy.share * 100.0,
              accuracy.majority * 100.0, conditions.c_str(), arguments.output.c_str());
}

}  // namespace vigil
