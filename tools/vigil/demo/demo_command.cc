#include <iostream>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/report/report_html.h"
#include "tools/vigil/command.h"
#include "tools/vigil/days/days.h"
#include "tools/vigil/demo/demo.h"
#include "tools/vigil/evaluate/evaluate.h"
#include "tools/vigil/report_page.h"

namespace vigil {

namespace {

void LiveDays(const DemoOptions& demo, DaysOptions& days) {
  days.dataset = demo.dataset;
  days.root = demo.root;
  days.target = demo.target;
  days.estimator = demo.estimator;
  days.backend = demo.backend;
  days.device = demo.device;
  days.world.seed = demo.seed;
  days.json = demo.json;
  const DaysResult result = RunDays(days);
  if (!days.html.empty()) WriteReportPage(days.html, ToHtml(result.report));
  if (demo.json) {
    std::cout << DaysToJson(result).dump(2) << "\n";
  } else {
    PrintDays(result);
  }
}

}  // namespace

void AddDemoCommand(CLI::App& app) {
  const auto options = std::make_shared<DemoOptions>();
  CLI::App* demo =
      app.add_subcommand("demo", "The main job, end to end: T runs, PE judges, no image is kept");
  demo->add_option("--dataset", options->dataset,
                   "heads (rendered, nothing to download) or cifar10")
      ->check(CLI::IsMember({"heads", "cifar10"}))
      ->capture_default_str();
  demo->add_option("--root", options->root, "folder of CIFAR-10's binary files");
  demo->add_option("--images", options->images,
                   "a folder of your own images instead; labels.csv is read if there");
  demo->add_option("--target", options->target, "T's ONNX file, instead of the one that ships");
  demo->add_option("--estimator", options->estimator,
                   "PE's ONNX file, instead of the one that ships");
  options->detector.AddTo(*demo);
  demo->add_option("--backend", options->backend, "auto, vulkan, cpu or reference")
      ->capture_default_str();
  demo->add_option("--device", options->device, "as `vigil devices` numbers them; -1: the best")
      ->capture_default_str();
  demo->add_option("--count", options->count, "images of the stream (default 1000)")
      ->check(CLI::PositiveNumber);
  demo->add_option("--seed", options->seed, "of the stream: its images and its mix of causes")
      ->capture_default_str();
  demo->add_option("--idle", options->idle, "T's silence that counts as idle, such as 2s; or now")
      ->capture_default_str();
  demo->add_option("--store", options->store, "keep the record store in this file");
  demo->add_flag("--json", options->json, "figures as JSON");
  const auto days = std::make_shared<DaysOptions>();
  auto* many = demo->add_option("--days", days->world.days,
                                "a device's life of so many days instead, with troubles planted")
                   ->check(CLI::Range(kLeastDays, 3660));
  demo->add_option("--monitor", days->monitor,
                   "of --days: ONNX file of `vigil train monitor`, instead of the one that ships")
      ->needs(many);
  demo->add_option("--tail", days->tail,
                   "of --days: run T's tail again from this tap, or deepest, or earliest: how "
                   "stable are its answers? Takes several times as long")
      ->needs(many);
  demo->add_option("--frames", days->world.frames_a_session, "of --days: a session, of 16 a day")
      ->check(CLI::Range(8, 1000))
      ->capture_default_str()
      ->needs(many);
  demo->add_option("--order", days->world.order,
                   "of --days: another order of the troubles and other days between them, drawn "
                   "from this number")
      ->needs(many);
  demo->add_option("--html", days->html, "of --days: write the report to this file")->needs(many);
  demo->callback([options, days, many] {
    if (options->dataset == "cifar10" && options->root.empty() && options->images.empty()) {
      throw Error(Fault::kApi, ErrorCode::kMisuse,
                  "--dataset cifar10 wants --root, the folder of its binary files");
    }
    if (options->detector.given() && (options->dataset != "heads" || !options->images.empty())) {
      throw Error(Fault::kApi, ErrorCode::kMisuse,
                  "--detector wants --dataset heads: other images have no true box of a face");
    }
    if (*many) {
      LiveDays(*options, *days);
      return;
    }
    const DemoResult result = RunDemo(*options);
    std::optional<EstimatorTable> table;
    if (options->dataset == "cifar10" && options->images.empty()) table = MakeDemoTable(*options);
    if (options->json) {
      PrintDemoJson(result, table);
    } else {
      PrintDemo(result);
      if (table) PrintEstimatorTable(*table, std::cout);
    }
  });
}

}  // namespace vigil
