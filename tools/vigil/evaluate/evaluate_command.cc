#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "tools/vigil/command.h"
#include "tools/vigil/evaluate/evaluate.h"

namespace vigil {
namespace {

// What CLI11's own checks cannot see.
void CheckUsage(EvaluateOptions& options) {
  if (options.robustness == (options.table > 0)) {
    throw CLI::ValidationError("--table",
                               "expected one of --table, --robustness, --monitors and --replay");
  }
  if (options.data.empty()) options.data = options.table == 6 ? "cifar10" : "rendered";
  if (options.table >= 3 && options.table <= 5 && options.data == "cifar10") {
    throw CLI::ValidationError(
        "--data", Text("table ", options.table, " is of heads; CIFAR-10's is table 6"));
  }
  const bool several = options.table == 4 || options.table == 5;
  if (several && !options.estimator.empty()) {
    throw CLI::ValidationError("--estimator", "tables 4 and 5 want --estimators, one or more");
  }
  if (!several && !options.estimators.empty()) {
    throw CLI::ValidationError("--estimators", "only tables 4 and 5 take several");
  }
  if (options.table != 5 && !options.robustness && !options.plot.empty()) {
    throw CLI::ValidationError("--plot", "only table 5 and --robustness have a plot");
  }
  if (options.table == 6 && options.data != "cifar10") {
    throw CLI::ValidationError("--data", "table 6 is of CIFAR-10; that of heads is table 3");
  }
  if (options.data == "cifar10" && options.detector.given()) {
    throw CLI::ValidationError("--detector", "CIFAR-10's images have no faces to find");
  }
  if (options.data == "cifar10" && options.root.empty()) {
    throw CLI::ValidationError("--root", "CIFAR-10 wants the folder of its binary files");
  }
  if (options.data == "headpose" && options.root.empty()) {
    throw CLI::ValidationError("--root", "Pointing'04 wants the folder of its labels.csv");
  }
}

}  // namespace

void AddEvaluateCommand(CLI::App& app) {
  const auto options = std::make_shared<EvaluateOptions>();
  CLI::App* evaluate =
      app.add_subcommand("evaluate", "The paper's tables, beside baselines, with intervals");
  evaluate
      ->add_option("--table", options->table,
                   "1: T's accuracy; 3: PE on rendered heads; 4: what PE learned from against what "
                   "it is asked; 5: figures against bytes a record; 6: PE on CIFAR-10")
      ->check(CLI::IsMember({1, 3, 4, 5, 6}));
  evaluate->add_flag("--robustness", options->robustness,
                     "instead of a table: whether T fails where small changes of its features turn "
                     "its answer, where that is, and what flagging such records is worth");
  evaluate
      ->add_option("--tail", options->tail,
                   "--robustness: where T is cut: deepest, earliest, or one of PE's taps")
      ->capture_default_str();
  evaluate
      ->add_option("--budget", options->budget,
                   "--robustness: share of records that is flagged for a human to look at")
      ->check(CLI::Range(0.001, 0.5))
      ->capture_default_str();
  AddMonitorOptions(*evaluate, *options);
  AddReplayOptions(*evaluate, *options);
  evaluate
      ->add_option("--data", options->data,
                   "rendered, headpose (Pointing'04) or cifar10; default the table's own")
      ->check(CLI::IsMember({"rendered", "headpose", "cifar10"}));
  evaluate->add_option("--root", options->root,
                       "folder of CIFAR-10's binary files, or of Pointing'04's labels.csv");
  evaluate->add_option("--pixels", options->pixels,
                       "what those files' pixels are, for the data's name, such as \"JPEG q75\"");
  evaluate->add_option("--lossless", options->lossless,
                       "binary file of batch 5's original pixels: one more kind of windows");
  evaluate->add_option("--target", options->target, "T's ONNX file, instead of the one that ships");
  evaluate->add_option("--estimator", options->estimator,
                       "PE's ONNX file, instead of the one that ships");
  evaluate->add_option("--estimators", options->estimators,
                       "PEs' ONNX files that table 4 or 5 compares, instead of those that ship");
  evaluate->add_option(
      "--plot", options->plot,
      "SVG file: table 5, AUROC over bytes; --robustness, error rate over coverage");
  options->detector.AddTo(*evaluate);
  options->backend.AddTo(*evaluate);
  evaluate
      ->add_option("--limit", options->limit, "test images at most, the rest in proportion: quick")
      ->check(CLI::Range(50, 1000000));
  evaluate->add_option("--window", options->window, "images a window (200; rendered heads 150)")
      ->check(CLI::Range(20, 10000));
  evaluate
      ->add_option("--windows", options->windows,
                   "windows of mixes as in calibration (120; rendered heads 80): some 600 tell "
                   "whether the intervals hold 95 %")
      ->check(CLI::Range(10, 100000));
  evaluate->add_option("--seed", options->seed, "of the draws of causes")->capture_default_str();
  evaluate->add_flag("--json", options->json, "figures as JSON");
  evaluate->callback([options] {
    if (options->monitors.replay) return EvaluateReplay(*options);
    if (options->monitors.wanted && options->robustness && options->json) {
      throw CLI::ValidationError("--json", "wants --monitors and --robustness one after the other");
    }
    if (options->data.empty() && !options->monitors.task.empty())
      options->data = options->monitors.task == "cifar10" ? "cifar10" : "rendered";
    if (options->monitors.wanted) {
      EvaluateOptions monitors = *options;
      EvaluateMonitors(monitors);
      if (!options->robustness) return;
      std::cout << "\n";
    }
    CheckUsage(*options);
    const EvaluateReport report = RunEvaluation(*options);
    if (options->json) {
      std::cout << ReportToJson(report).dump(2) << "\n";
    } else {
      PrintReport(report, std::cout);
    }
  });
}

}  // namespace vigil
