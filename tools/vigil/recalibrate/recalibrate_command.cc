#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "estimator/store/sealed_codec.h"
#include "estimator/store/store.h"
#include "estimator/verdict/estimator_metadata.h"
#include "tools/vigil/command.h"
#include "tools/vigil/format.h"
#include "tools/vigil/recalibrate/labels.h"

namespace vigil {
namespace {

namespace fs = std::filesystem;

struct RecalibrateArguments {
  std::string labels, store, estimator, output;
  double block_seconds = 60.0;
  bool always = false, json = false;
};

struct RecalibrateResult {
  Recalibration recalibration;
  std::uint64_t estimator_hash = 0;
  std::string written;  // empty: nothing
};

RecalibrateResult Recalibrated(const RecalibrateArguments& arguments) {
  const Graph estimator = LoadOnnx(arguments.estimator);
  EstimatorMetadata metadata = ReadEstimatorMetadata(estimator);
  if (!metadata.calibration) {
    throw Error(
        Fault::kModel, ErrorCode::kInvalidValue,
        Text("estimator '", arguments.estimator,
             "' has no calibration to start from: expected one of `vigil train estimator`"));
  }
  RecalibrateResult result;
  result.estimator_hash = EstimatorHash(metadata, arguments.estimator);
  const std::vector<RecordLabel> labels = ReadLabels(arguments.labels);
  StoreOptions looking{.create = false};
  looking.codec = LookingCodec();
  Store store(arguments.store, std::move(looking));
  const std::vector<LabelledVerdict> joined = JoinLabels(
      arguments.labels, labels, store.Verdicts(), result.estimator_hash, arguments.block_seconds);
  result.recalibration = Recalibrate(*metadata.calibration, joined);
  if (!result.recalibration.helps() && !arguments.always) return result;
  metadata.calibration = metadata.calibration->WithAdjustment(result.recalibration.adjustment);
  metadata.estimator_hash = result.estimator_hash;
  result.written = arguments.output;
  if (result.written.empty()) {
    const fs::path path(arguments.estimator);
    result.written = (path.parent_path() / (path.stem().string() + "_recalibrated.onnx")).string();
  }
  SaveOnnx(WriteEstimatorMetadata(estimator, metadata), result.written);
  return result;
}

nlohmann::json ToJson(const RecalibrateResult& result) {
  const Recalibration& r = result.recalibration;
  const auto error = [](const HeldOutError& of) {
    return nlohmann::json{{"mean_rate", of.mean_rate}, {"log_loss", of.log_loss}};
  };
  return {{"labels", r.labels},
          {"right", r.right},
          {"blocks", r.blocks},
          {"design_effect", r.design_effect},
          {"shift", r.adjustment.shift},
          {"slope", r.adjustment.slope},
          {"covariance", r.adjustment.covariance},
          {"before", error(r.before)},
          {"after", error(r.after)},
          {"gain", r.gain},
          {"gain_error", r.gain_error},
          {"helps", r.helps()},
          {"estimator_hash", HashToHex(result.estimator_hash)},
          {"written", result.written}};
}

void Print(const RecalibrateResult& result) {
  const Recalibration& r = result.recalibration;
  const auto share = [](double value) { return FormatFixed(100.0 * value, 1) + " %"; };
  std::cout << "  labels      " << r.labels << " in " << r.blocks << " blocks of time, T right on "
            << r.right << " ("
            << share(static_cast<double>(r.right) / static_cast<double>(r.labels)) << "); "
            << FormatFixed(r.design_effect, 1) << " of them count as one\n"
            << "  adjustment  log odds become " << FormatFixed(r.adjustment.shift, 3) << " + "
            << FormatFixed(r.adjustment.slope, 3) << " times themselves\n"
            << "  labels that the fit had not seen\n";
  Table rows({"calibration", "says T is right on", "T was", "log loss a label"});
  const double was = static_cast<double>(r.right) / static_cast<double>(r.labels);
  rows.Add({"before", share(r.before.mean_rate), share(was), FormatFixed(r.before.log_loss, 4)});
  rows.Add({"after", share(r.after.mean_rate), share(was), FormatFixed(r.after.log_loss, 4)});
  rows.Print(std::cout, 4);
  std::cout << "    saves " << FormatFixed(r.gain, 4) << " a label, standard error "
            << FormatFixed(r.gain_error, 4) << "\n";
  if (result.written.empty()) {
    std::cout << "  nothing written: these labels do not say that the calibration is off\n";
  } else {
    std::cout << "  wrote       " << result.written << ", whose verdicts go on under estimator "
              << HashToHex(result.estimator_hash) << "\n";
  }
}

}  // namespace

void AddRecalibrateCommand(CLI::App& app) {
  const auto arguments = std::make_shared<RecalibrateArguments>();
  CLI::App* recalibrate = app.add_subcommand(
      "recalibrate", "PE's calibration from a few labelled records of this device");
  recalibrate
      ->add_option("--labels", arguments->labels,
                   "CSV: record (or time), outcome right|wrong (or label and answer)")
      ->required();
  recalibrate->add_option("--store", arguments->store, "The record store's file, with verdicts")
      ->required();
  recalibrate->add_option("--estimator", arguments->estimator, "PE's ONNX file")->required();
  recalibrate->add_option("--output", arguments->output,
                          "PE with the new calibration; else NAME_recalibrated.onnx beside PE");
  recalibrate
      ->add_option("--block-seconds", arguments->block_seconds,
                   "labels this far apart at most are not independent of each other")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  recalibrate->add_flag("--always", arguments->always,
                        "write it even where labels that the fit had not seen do not gain by it");
  recalibrate->add_flag("--json", arguments->json, "Print JSON");
  recalibrate->callback([arguments] {
    const RecalibrateResult result = Recalibrated(*arguments);
    if (arguments->json) {
      std::cout << ToJson(result).dump(2) << "\n";
    } else {
      Print(result);
    }
  });
}

}  // namespace vigil
