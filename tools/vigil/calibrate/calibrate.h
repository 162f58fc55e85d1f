// vigil calibrate: what the monitors' readings are on calibration images, put into PE's file.
#ifndef VIGIL_TOOLS_VIGIL_CALIBRATE_CALIBRATE_H_
#define VIGIL_TOOLS_VIGIL_CALIBRATE_CALIBRATE_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "estimator/evaluation/judged_models.h"
#include "estimator/models/model_card.h"
#include "estimator/monitor/drift/drift_reference.h"
#include "estimator/monitor/robustness/competence.h"

namespace vigil {

struct CalibrateOptions {
  std::string task = "directness";
  std::string root;         // of CIFAR-10's binary files
  std::string target;       // T's ONNX file; empty: the one that ships
  std::string estimator;    // PE's
  std::string monitor;      // a file of `vigil train monitor`; empty: no outlier scores
  std::string tail;         // ChooseTail's choice; empty: no flip rates, which cost the most
  std::string output;       // PE's new file; empty: its own
  std::int64_t images = 0;  // of calibration's, the first; 0: all
  double budget = 0.05;     // CompetenceOptions
  std::uint64_t seed = 1;   // of the draws of conditions
  bool json = false;
};

// A calibration image as a device would have kept and judged it, without its taps.
struct CalibrationRecord {
  Record record;
  Verdict verdict;
  bool correct = false;  // T was
};

// Images under `mixes` random draws of conditions, each image under one, through T, PE and the
// monitors that the options name. `on_progress` hears shares of 1. Throws Error (Training,
// kInvalidValue) for fewer images than mixes; as MakePassParts and EvaluateRecords.
std::vector<CalibrationRecord> JudgeCalibration(const CalibrateOptions& options,
                                                const JudgedModels& models,
                                                const std::shared_ptr<const Dataset>& images,
                                                const std::function<void(double)>& on_progress);

// What a fit flags of the records that it was made from.
struct FlaggedRecords {
  std::string readings;       // "PE, outlier score"
  double share = 0.0;         // flagged of all
  double wrong = 0.0;         // T was wrong, of the flagged
  double wrong_of_all = 0.0;  // of all
};

struct MonitorCalibration {
  std::string data;  // in words: which images, how many, in how many mixes
  Competence competence;
  DriftReference reference;
  std::vector<FlaggedRecords> flagged;  // by the competence's fits
};

// REQUIRES: one record or more. Throws as FitCompetence and FitDriftReference.
MonitorCalibration FitMonitors(const CalibrateOptions& options, const Task& task, std::string data,
                               std::vector<CalibrationRecord> records);

// The card with what was found: figures and reference statistics in place of those of an earlier
// time, and the command beside the one that made the model.
ModelCard WithCalibration(ModelCard card, const MonitorCalibration& found,
                          const std::string& command);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_CALIBRATE_CALIBRATE_H_
