// vigil train target|estimator|monitor|detector: makes T, PE, a monitor's autoencoder or the
// cascade's first stage, writes ONNX and card; built with the training component only.
#include "tools/vigil/train/train_command.h"

#include <cstdio>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "estimator/report/svg_plot.h"
#include "tools/vigil/command.h"
#include "tools/vigil/progress.h"

namespace vigil {

TrainingCallbacks PrintTraining() {
  const auto bar = std::make_shared<std::unique_ptr<Progress>>();
  TrainingCallbacks callbacks;
  callbacks.on_step = [bar](const TrainingProgress& p) {
    if (!*bar) *bar = std::make_unique<Progress>("training");
    const double done = p.epoch + static_cast<double>(p.step + 1) / p.steps;
    char detail[96];
    std::snprintf(detail, sizeof(detail), "epoch %d of %d, loss %.4f, %.1f images/s", p.epoch + 1,
                  p.epochs, p.mean_loss, p.images_per_second);
    (*bar)->Update(done / p.epochs, detail);
    if (p.epoch + 1 == p.epochs && p.step + 1 == p.steps) bar->reset();
  };
  callbacks.on_epoch = [](const EpochReport& report) {
    std::fprintf(stderr, "epoch %d: mean loss %.4f, %.0f s\n", report.epoch + 1, report.mean_loss,
                 report.seconds);
  };
  return callbacks;
}

void WriteCurves(const TrainedModel& model, const std::string& output) {
  Plot plot{.title = Text("Learning curve of ", std::filesystem::path(output).stem().string()),
            .x_label = "epochs",
            .y_label = "training loss"};
  for (const NamedCurve& curve : model.curves) {
    PlotSeries series{.name = curve.name};
    for (const CurvePoint& point : curve.curve) series.points.emplace_back(point.epoch, point.loss);
    plot.series.push_back(std::move(series));
  }
  const std::string path = std::filesystem::path(output).replace_extension(".curve.svg");
  if (const std::error_code failure = ReplaceFile(path, PlotToSvg(plot))) {
    throw Error(Fault::kTraining, ErrorCode::kIo,
                Text("learning curve '", path, "' cannot be written: ", failure.message()));
  }
}

std::string CommandForCard(const std::string& what, const TrainArguments& arguments) {
  std::string command = Text("vigil train ", what);
  if (!arguments.task.empty()) command += " --task " + arguments.task;
  for (const std::string& kind : arguments.kinds) command += " --kind " + kind;
  if (!arguments.metric.empty()) command += " --metric " + arguments.metric;
  command += Text(" --seed ", arguments.recipe.seed);
  if (arguments.recipe.epochs > 0) command += Text(" --epochs ", arguments.recipe.epochs);
  if (arguments.recipe.images > 0) command += Text(" --images ", arguments.recipe.images);
  if (arguments.recipe.learning_rate > 0)
    command += Text(" --learning-rate ", arguments.recipe.learning_rate);
  if (arguments.recipe.side > 0) command += Text(" --side ", arguments.recipe.side);
  if (arguments.recipe.width > 0) command += Text(" --width ", arguments.recipe.width);
  for (const std::string& tap : arguments.recipe.taps) command += " --tap " + tap;
  if (!arguments.recipe.prepared.empty())
    command += " --prepared " + arguments.recipe.prepared.filename().string();
  if (arguments.recipe.paper_recipe) command += " --paper-recipe";
  if (arguments.calibration_images > 0)
    command += Text(" --calibration-images ", arguments.calibration_images);
  if (!arguments.root.empty()) command += " --root DIR";
  return command;
}

namespace {

// What every recipe has.
void AddCommonOptions(CLI::App& command, TrainArguments& arguments) {
  command
      .add_option("--output,-o", arguments.output,
                  "the ONNX file to write; its card goes beside it")
      ->required();
  command.add_option("--epochs", arguments.recipe.epochs, "instead of the recipe's");
  command.add_option("--images", arguments.recipe.images, "an epoch, instead of the recipe's");
  command.add_option("--learning-rate", arguments.recipe.learning_rate, "instead of the recipe's");
  command.add_option("--seed", arguments.recipe.seed)->capture_default_str();
  command.add_option("--threads", arguments.recipe.threads, "of libtorch; 0: all cores")
      ->capture_default_str();
  command.add_option("--checkpoint", arguments.recipe.checkpoint,
                     "written every epoch; resumes where it exists");
}

void AddTask(CLI::App& command, TrainArguments& arguments) {
  command.add_option("--task", arguments.task, "directness (rendered heads) or cifar10")
      ->capture_default_str();
  command.add_option("--root", arguments.root, "folder of CIFAR-10's binary files");
  command.add_option("--prepared", arguments.recipe.prepared,
                     "learn from this set (`vigil dataset make`) instead of the recipe's data");
}

void ReadTask(TrainArguments& arguments) {
  arguments.recipe.task = TaskFromName(arguments.task);
  arguments.recipe.root = arguments.root;
  // Even a prepared set leaves T and PE to be measured on images of their own.
  if (arguments.task == "cifar10" && arguments.root.empty()) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                "task cifar10 wants --root, the folder of its binary files");
  }
}

void AddTarget(CLI::App& train) {
  const auto arguments = std::make_shared<TrainArguments>();
  CLI::App* command = train.add_subcommand("target", "T of a task");
  AddTask(*command, *arguments);
  AddCommonOptions(*command, *arguments);
  command
      ->add_option("--side", arguments->recipe.side, "of the input of directness's T (default 112)")
      ->check(CLI::IsMember({64, 112, 224}));
  command->callback([arguments] {
    ReadTask(*arguments);
    TrainTargetModel(*arguments);
  });
}

void AddEstimator(CLI::App& train) {
  const auto arguments = std::make_shared<TrainArguments>();
  CLI::App* command = train.add_subcommand("estimator", "PE for a trained T, with its calibration");
  AddTask(*command, *arguments);
  AddCommonOptions(*command, *arguments);
  command->add_option("--target", arguments->target, "T's ONNX file")->required();
  command->add_option("--width", arguments->recipe.width, "multiplies PE's channels");
  command->add_option(
      "--tap", arguments->recipe.taps,
      "T's value that PE reads, once for each, VALUE or VALUE/poolK (its means over "
      "K x K places); default the recipe's");
  command->add_option("--calibration-images", arguments->calibration_images,
                      "instead of the recipe's");
  command->add_flag(
      "--paper-recipe", arguments->recipe.paper_recipe,
      "the paper's schedule (30 epochs, rate 0.1 times 0.1 every 10), no auxiliary answer");
  command->callback([arguments] {
    ReadTask(*arguments);
    TrainEstimatorModel(*arguments);
  });
}

void AddMonitor(CLI::App& train) {
  const auto arguments = std::make_shared<TrainArguments>();
  CLI::App* command =
      train.add_subcommand("monitor", "an autoencoder over what a trained T keeps: outlier scores");
  AddTask(*command, *arguments);
  AddCommonOptions(*command, *arguments);
  command->add_option("--target", arguments->target, "T's ONNX file")->required();
  command
      ->add_option("--kind", arguments->kinds,
                   "ae; vae (variational); joint (with a classifier, its decoder dropped); "
                   "several share T's work and go to OUTPUT with _KIND in its name")
      ->required()
      ->delimiter(',')
      ->check(CLI::IsMember({"ae", "vae", "joint"}));
  command->add_option("--metric", arguments->metric,
                      "that readings are made of, instead of the kind's best: mse, mae, cosine, "
                      "ssim, likelihood, latent, both, kl; joint: latent, class, energy");
  command->add_option("--tap", arguments->recipe.taps,
                      "T's value that it reads, once for each, as PE's; default the recipe's");
  command->add_option("--calibration-images", arguments->calibration_images,
                      "instead of the recipe's");
  command->callback([arguments] {
    ReadTask(*arguments);
    TrainMonitorModel(*arguments);
  });
}

void AddDetector(CLI::App& train) {
  const auto arguments = std::make_shared<TrainArguments>();
  arguments->task.clear();
  CLI::App* command =
      train.add_subcommand("detector", "the face detector before T, on rendered scenes");
  AddCommonOptions(*command, *arguments);
  command->add_option("--side", arguments->recipe.side, "of its input (default 128)")
      ->check(CLI::IsMember({96, 128, 160, 192, 256}));
  command->callback([arguments] { TrainDetectorModel(*arguments); });
}

}  // namespace

void AddTrainCommand(CLI::App& app) {
  CLI::App* train = app.add_subcommand("train", "Train a target model or an estimator");
  train->require_subcommand(1);
  AddTarget(*train);
  AddEstimator(*train);
  AddMonitor(*train);
  AddDetector(*train);
}

}  // namespace vigil
