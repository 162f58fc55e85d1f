#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "estimator/data/views.h"
#include "estimator/evaluation/evaluation_data.h"
#include "tools/vigil/calibrate/calibrate.h"
#include "tools/vigil/command.h"
#include "tools/vigil/format.h"
#include "tools/vigil/progress.h"

namespace vigil {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::shared_ptr<const Dataset> OpenImages(const CalibrateOptions& options) {
  const std::shared_ptr<const Dataset> all =
      (options.task == "cifar10" ? OpenCifarEvaluation(options.root, "", "", 0)
                                 : OpenHeadsEvaluation(0))
          .calibration;
  return options.images > 0 && options.images < all->size() ? Slice(all, 0, options.images) : all;
}

// That does this again, without paths: for the card.
std::string CommandOf(const CalibrateOptions& options) {
  const auto name = [](const std::string& path) { return fs::path(path).filename().string(); };
  std::string command = Text("vigil calibrate --task ", options.task);
  if (!options.target.empty()) command += " --target " + name(options.target);
  command += " --estimator " + name(options.estimator);
  if (!options.monitor.empty()) command += " --monitor " + name(options.monitor);
  if (!options.tail.empty()) command += " --tail " + options.tail;
  command += Text(" --budget ", options.budget, " --seed ", options.seed);
  if (options.images > 0) command += Text(" --images ", options.images);
  return options.root.empty() ? command : command + " --root DIR";
}

// Throws Error (Input, kIo).
void CopyEstimator(const fs::path& from, const fs::path& to) {
  std::error_code failure;
  if (fs::equivalent(from, to, failure)) return;
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, failure);
  if (failure) {
    throw Error(Fault::kInput, ErrorCode::kIo,
                Text("PE cannot be written to '", to.string(), "': ", failure.message()));
  }
}

// False where the model has no card.
bool UpdateCard(const CalibrateOptions& options, const fs::path& output,
                const MonitorCalibration& found) {
  if (!fs::exists(CardPath(options.estimator))) return false;
  ModelCard card = WithCalibration(LoadCard(options.estimator), found, CommandOf(options));
  card.name = output.stem().string();
  SaveCard(card, output);
  return true;
}

void Print(const MonitorCalibration& found) {
  const auto share = [](double value) { return FormatFixed(100.0 * value, 1) + " %"; };
  std::cout << "  measured on  " << found.data << "\n\n"
            << "  Beyond T's competence (vigil.beyond): records that a human should look at\n";
  Table flagged({"readings", "flagged", "T wrong on them", "T wrong on all"});
  for (const FlaggedRecords& each : found.flagged)
    flagged.Add({each.readings, share(each.share), share(each.wrong), share(each.wrong_of_all)});
  flagged.Print(std::cout, 4);
  std::cout << "\n  Reference statistics (vigil.drift_reference)\n";
  Table signals({"signal", "mean", "deviation"});
  const std::vector<SignalInfo> infos = SignalsOf(found.reference.layout);
  for (std::size_t j = 0; j + 1 < infos.size(); ++j)
    signals.Add({infos[j].name, FormatFixed(found.reference.scale.mean[j], 3),
                 FormatFixed(found.reference.scale.deviation[j], 3)});
  signals.Print(std::cout, 4);
}

json ToJson(const MonitorCalibration& found) {
  json flagged = json::array();
  for (const FlaggedRecords& each : found.flagged)
    flagged.push_back({{"readings", each.readings},
                       {"flagged", each.share},
                       {"wrong_of_flagged", each.wrong},
                       {"wrong_of_all", each.wrong_of_all}});
  return {{"data", found.data},
          {"flagged", std::move(flagged)},
          {"beyond", json::parse(CompetenceToJson(found.competence))},
          {"drift_reference", json::parse(DriftReferenceToJson(found.reference))}};
}

void RunCalibrate(const CalibrateOptions& options) {
  const JudgedModels models = LoadJudgedModels(options.task, options.target, options.estimator);
  if (!models.metadata.calibration) {
    throw Error(Fault::kModel, ErrorCode::kInvalidValue,
                Text("estimator '", options.estimator,
                     "' has no calibration, which the score beyond competence needs: expected one "
                     "of `vigil train estimator`"));
  }
  const std::uint64_t hash = EstimatorHash(models.metadata, options.estimator);
  const std::shared_ptr<const Dataset> images = OpenImages(options);
  std::vector<CalibrationRecord> records;
  {
    Progress progress("calibrating", options.json);
    records = JudgeCalibration(options, models, images, [&](double share) {
      progress.Update(share, Text(images->size(), " images"));
    });
  }
  const std::string data =
      Text(images->name(), ", ", records.size(), " images in random mixes of causes");
  const MonitorCalibration found = FitMonitors(options, models.task, data, std::move(records));
  const fs::path output = options.output.empty() ? options.estimator : options.output;
  CopyEstimator(options.estimator, output);
  SetEstimatorKeys(output, hash,
                   {{kBeyondKey, CompetenceToJson(found.competence)},
                    {DriftReference::kMetadataKey, DriftReferenceToJson(found.reference)}});
  const bool card = UpdateCard(options, output, found);
  if (options.json) {
    std::cout << ToJson(found).dump(2) << "\n";
    return;
  }
  Print(found);
  std::cout << "\n  put into " << output.string()
            << (card ? " and its card" : ", which has no card")
            << "; its network is as it was, and so is its name in verdicts\n";
}

}  // namespace

void AddCalibrateCommand(CLI::App& app) {
  const auto options = std::make_shared<CalibrateOptions>();
  CLI::App* calibrate = app.add_subcommand(
      "calibrate", "What monitors' readings are on calibration images, put into PE's file");
  calibrate->add_option("--task", options->task, "directness (rendered heads) or cifar10")
      ->check(CLI::IsMember({"directness", "cifar10"}))
      ->capture_default_str();
  calibrate->add_option("--root", options->root, "folder of CIFAR-10's binary files");
  calibrate->add_option("--target", options->target,
                        "T's ONNX file, instead of the one that ships");
  calibrate->add_option("--estimator", options->estimator, "PE's ONNX file")->required();
  calibrate->add_option("--monitor", options->monitor,
                        "ONNX file of `vigil train monitor`; without it no outlier scores");
  calibrate->add_option(
      "--tail", options->tail,
      "where T is cut for flip rates: deepest, earliest, or one of PE's taps; without "
      "it no flip rates, which cost the most by far");
  calibrate
      ->add_option("--budget", options->budget,
                   "share of records like these that a human is to look at")
      ->check(CLI::Range(0.001, 0.5))
      ->capture_default_str();
  calibrate->add_option("--images", options->images, "at most; else all of calibration's")
      ->check(CLI::Range(100, 1000000));
  calibrate->add_option("--seed", options->seed, "of the draws of causes")->capture_default_str();
  calibrate->add_option("--output,-o", options->output, "PE's new file, instead of its own");
  calibrate->add_flag("--json", options->json, "what was found, as JSON");
  calibrate->callback([options] {
    if (options->task == "cifar10" && options->root.empty())
      throw CLI::ValidationError("--root", "CIFAR-10 wants the folder of its binary files");
    RunCalibrate(*options);
  });
}

}  // namespace vigil
