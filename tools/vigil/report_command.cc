#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/clock.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "estimator/models/model_files.h"
#include "estimator/models/task.h"
#include "estimator/report/device_report.h"
#include "estimator/report/report_html.h"
#include "estimator/report/report_json.h"
#include "estimator/report/report_text.h"
#include "estimator/verdict/estimator_metadata.h"
#include "tools/vigil/command.h"
#include "tools/vigil/format.h"
#include "tools/vigil/report_page.h"
#include "tools/vigil/report_time.h"

namespace vigil {
namespace {

namespace fs = std::filesystem;

struct ReportArguments {
  std::string store, estimator, html;
  std::string window, from, to;
  double block_seconds = 60.0;
  std::string block_tag;
  bool json = false;
};

// By what verdicts name PE, which is not its file's hash where its metadata were added to.
std::uint64_t NameOfEstimator(const fs::path& path) {
  return EstimatorHash(ReadEstimatorMetadata(LoadOnnx(path)), path);
}

// A model that ships with this name in verdicts; none where there is no such file.
std::optional<fs::path> FindShipped(const char* role, std::uint64_t name,
                                    std::uint64_t (*name_of)(const fs::path&)) {
  for (const Task& task : {CifarTask(), DirectnessTask()}) {
    try {
      fs::path path = FindModel(Text(task.name, "_", role));
      if (name_of(path) == name) return path;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kNotFound) throw;  // one that is not installed is no match
    }
  }
  return std::nullopt;
}

fs::path FindEstimator(const ReportArguments& arguments, std::uint64_t estimator_hash) {
  if (!arguments.estimator.empty()) return arguments.estimator;
  if (const auto shipped = FindShipped("estimator", estimator_hash, NameOfEstimator))
    return *shipped;
  throw Error(Fault::kInput, ErrorCode::kNotFound,
              Text("the newest verdicts of store '", arguments.store, "' are by estimator ",
                   HashToHex(estimator_hash),
                   ", which is none that ships: expected its file as --estimator"));
}

ReportOptions OptionsOf(const ReportArguments& arguments, std::int64_t now) {
  ReportOptions options;
  if (!arguments.window.empty()) options.window = ParseDuration("--window", arguments.window);
  if (!arguments.from.empty()) options.from_micros = ParseTime("--from", arguments.from, now);
  if (!arguments.to.empty()) options.to_micros = ParseTime("--to", arguments.to, now);
  if (options.from_micros >= options.to_micros) {
    throw Error(Fault::kApi, ErrorCode::kInvalidValue,
                Text("--from '", arguments.from, "' is not before --to '", arguments.to, "'"));
  }
  options.performance.blocks = {.seconds = arguments.block_seconds, .tag = arguments.block_tag};
  return options;
}

DeviceReport MakeReport(const ReportArguments& arguments) {
  const std::int64_t now = SystemClock().WallMicros();
  ReportOptions options = OptionsOf(arguments, now);
  StoreOptions looking{.create = false};
  looking.codec = LookingCodec();
  Store store(arguments.store, std::move(looking));
  const std::optional<Verdict> newest = store.NewestVerdict(options.from_micros, options.to_micros);
  EstimatorMetadata metadata;
  if (newest || !arguments.estimator.empty()) {
    const fs::path path = FindEstimator(arguments, newest ? newest->estimator_hash : 0);
    metadata = ReadEstimatorMetadata(LoadOnnx(path));
    options.estimator_hash = EstimatorHash(metadata, path);
    options.estimator_name = path.filename().string();
  }
  DeviceReport report =
      BuildDeviceReport(store, metadata.calibration ? &*metadata.calibration : nullptr,
                        metadata.causes, options, now);
  if (report.models) {
    if (const auto target = FindShipped("target", report.models->model_hash, HashModelFile)) {
      report.target_name = target->filename().string();
    }
  }
  return report;
}

void Run(const ReportArguments& arguments) {
  const DeviceReport report = MakeReport(arguments);
  if (!arguments.html.empty()) {
    const std::string page = ToHtml(report);
    WriteReportPage(arguments.html, page);
    std::cerr << "wrote " << arguments.html << ", " << FormatBytes(page.size()) << "\n";
  }
  if (arguments.json) {
    std::cout << ToJson(report).dump(2) << "\n";
  } else if (arguments.html.empty()) {
    std::cout << ToText(report);
  }
}

}  // namespace

void AddReportCommand(CLI::App& app) {
  const auto arguments = std::make_shared<ReportArguments>();
  CLI::App* report = app.add_subcommand(
      "report", "What happened on a device: accuracy, causes, samples, when PE ran and why not");
  report->add_option("STORE", arguments->store, "The record store's file")->required();
  report->add_option("--estimator", arguments->estimator,
                     "PE's ONNX file, for its calibration; else the one that ships, if it is that");
  report->add_option("--window", arguments->window,
                     "of the figures over time, 1h to 1d; else as long as there is");
  report->add_option("--from", arguments->from,
                     "inferences from then on, UTC: 2026-11-30, 2026-11-30T06:00, or 7d ago");
  report->add_option("--to", arguments->to, "inferences before then");
  auto* seconds =
      report
          ->add_option("--block-seconds", arguments->block_seconds,
                       "records this far apart at most are not independent of each other")
          ->check(CLI::PositiveNumber)
          ->capture_default_str();
  report->add_option("--block-tag", arguments->block_tag, "nor are those of one value of this tag")
      ->excludes(seconds);
  report->add_flag("--json", arguments->json, "Print JSON");
  report->add_option("--html", arguments->html, "Write a web page, one file, instead");
  report->callback([arguments] { Run(*arguments); });
}

}  // namespace vigil
