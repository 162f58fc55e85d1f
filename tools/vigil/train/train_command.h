// Shared by `vigil train target`, `estimator`, `monitor` and `detector`.
#ifndef VIGIL_TOOLS_VIGIL_TRAIN_TRAIN_COMMAND_H_
#define VIGIL_TOOLS_VIGIL_TRAIN_TRAIN_COMMAND_H_

#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "estimator/training/recipes.h"

namespace vigil {

struct TrainArguments {
  std::string task = "directness";
  std::string root, output, target;
  RecipeOptions recipe;
  int calibration_images = 0;      // 0: the recipe's
  std::vector<std::string> kinds;  // of monitors; where there are several, each has its own file
  std::string metric;              // of theirs; empty: the kind's own
};

// Progress on standard error, the epochs' losses as lines.
TrainingCallbacks PrintTraining();

// The command that makes the model again, without paths: for the card.
std::string CommandForCard(const std::string& what, const TrainArguments& arguments);

// The learning curves as SVG beside the model, OUTPUT.curve.svg. Throws Error (Training, kIo).
void WriteCurves(const TrainedModel& model, const std::string& output);

void TrainTargetModel(const TrainArguments& arguments);
void TrainEstimatorModel(const TrainArguments& arguments);
void TrainMonitorModel(const TrainArguments& arguments);
void TrainDetectorModel(const TrainArguments& arguments);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_TRAIN_TRAIN_COMMAND_H_
