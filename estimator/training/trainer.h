// The training loop: one for T, PE and everything else that is a Graph with a loss.
#ifndef VIGIL_ESTIMATOR_TRAINING_TRAINER_H_
#define VIGIL_ESTIMATOR_TRAINING_TRAINER_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "engine/graph/graph.h"
#include "estimator/training/learning_curve.h"
#include "estimator/training/losses.h"
#include "estimator/training/optimizer.h"
#include "estimator/training/torch_executor.h"
#include "estimator/training/training_source.h"

namespace vigil {

// A loss on the graph's second output, added to the first one's: what the network should learn on
// the way.
struct AuxiliaryLoss {
  LossOptions loss;
  float weight = 1.0f;
};

// Defaults are PE's recipe of the paper (SOURCES.md P10); the batch size is the source's.
struct TrainOptions {
  LossOptions loss;
  std::optional<AuxiliaryLoss> auxiliary;
  OptimizerOptions optimizer;
  ScheduleOptions schedule;
  int epochs = 30;
  std::uint64_t seed = 1;    // of dropout; the weights came with the graph, the batches are the
                             // source's
  int threads = 0;           // of libtorch; 0: as many as there are cores
  int source_threads = 1;    // that prepare batches
  int prepared_batches = 4;  // at most, ahead of the step
  std::string device = "cpu";
  // Written after every epoch; where it exists, training goes on from there. Empty: none.
  std::filesystem::path checkpoint;
};

struct TrainingProgress {
  int epoch = 0, epochs = 0;  // epoch counts from 0
  int step = 0, steps = 0;    // of this epoch, from 0
  double loss = 0.0;          // of this step
  double mean_loss = 0.0;     // of this epoch so far
  double learning_rate = 0.0;
  double images_per_second = 0.0;  // since this run began
  double seconds_left = 0.0;       // to the end of training, at that pace
};

struct EpochReport {
  int epoch = 0;
  double mean_loss = 0.0;
  double seconds = 0.0;
  TorchExecutor& executor;  // to evaluate with, or to save ToGraph()
};

// Called on the thread that called Train; may throw, which ends training.
struct TrainingCallbacks {
  std::function<void(const TrainingProgress&)> on_step;
  std::function<void(const EpochReport&)> on_epoch;  // before the checkpoint is written
};

struct TrainResult {
  Graph graph;             // with the trained constants
  double last_loss = 0.0;  // mean over the last epoch
  int resumed_at = 0;      // epochs that a checkpoint had done
  LearningCurve curve;     // of all epochs, those before a resumption among them
};

// Trains the first output of `graph` on source's batches. On one number of threads the result
// depends on the arguments alone; a run resumed from its checkpoint ends as an uninterrupted one.
// Throws Error (Training, kDiverged) that names epoch and step where the loss is not finite (the
// checkpoint of the last good epoch stays); (Training, kMalformed | kIo) for the checkpoint;
// (Training, kInvalidValue) for options that mean nothing; whatever the source, the losses and
// TorchExecutor throw.
TrainResult Train(const Graph& graph, const TrainOptions& options, TrainingSource& source,
                  const TrainingCallbacks& callbacks = {});

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TRAINING_TRAINER_H_
