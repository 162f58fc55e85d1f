// How the shipped models are made: data, splits, losses and schedules of each task, in one place.
#ifndef VIGIL_ESTIMATOR_TRAINING_RECIPES_H_
#define VIGIL_ESTIMATOR_TRAINING_RECIPES_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/tensor/encoding.h"
#include "estimator/data/dataset.h"
#include "estimator/data/heads/seeds.h"
#include "estimator/models/autoencoder.h"
#include "estimator/models/model_card.h"
#include "estimator/training/trainer.h"
#include "estimator/training/view_source.h"

namespace vigil {

// What the command line decides; the rest is the recipe's. 0 or empty: the recipe's own.
struct RecipeOptions {
  Task task;
  std::filesystem::path root;        // CIFAR-10's binary files; unused for rendered heads
  std::filesystem::path prepared;    // a set of data/prepared.h to learn from, instead of the
                                     // recipe's; needs neither root nor an image library
  std::filesystem::path checkpoint;  // resumes where it exists
  int epochs = 0;
  int images = 0;  // an epoch
  float learning_rate = 0.0f;
  int side = 0;        // of the heads T's input: 64, 112 or 224
  double width = 0.0;  // of PE
  // PE: T's values that it reads, by name or as pooled_tap.h has it. Two for Table 2's
  // architecture, the earlier first, of which the first may be T's input (for Table 5 alone: no
  // device keeps it); one for CIFAR-10's.
  std::vector<std::string> taps;
  std::uint64_t seed = 1;
  int threads = 0;
  bool paper_recipe = false;  // PE: SOURCES.md P10 to the letter, without the auxiliary answer
};

struct NamedCurve {
  std::string name;
  LearningCurve curve;
};

struct TrainedModel {
  Graph graph;                    // with metadata: task, input normalisation
  ModelCard card;                 // without command and figures
  std::vector<std::string> taps;  // PE: T's values that it reads, in the order of its inputs
  std::string trained_on;  // PE: "mixed" (one or two operations), or a prepared set's variant
  std::vector<NamedCurve> curves;  // of each stage of the training
};

// How T's taps are kept for the PEs made here.
inline constexpr Encoding kTapEncoding = Encoding::kInt8;

// T (SOURCES.md P1, P3): CIFAR-17 on batches 1 to 3, or MobileNetV2 on rendered heads, the latter
// at growing resolution (the network is fully convolutional, and small images are cheap). Throws
// Error (Training) as Train does, (Input) as the data sets do.
TrainedModel TrainTarget(const RecipeOptions& options, const TrainingCallbacks& callbacks);

// Stage 1 of the cascade (P1): a face detector for rendered scenes. Reads epochs, images, side,
// seed, rate, threads and checkpoint of the options.
TrainedModel TrainDetector(const RecipeOptions& options, const TrainingCallbacks& callbacks);

// PE for a trained T (P4, P6, P9, P10): augmented images of batches 1 to 4 (untouched ones of batch
// 4 alone, since T knows the others by heart), or of rendered heads that T has not seen.
TrainedModel TrainEstimator(const RecipeOptions& options, const Graph& target,
                            const TrainingCallbacks& callbacks);

// What autoencoders of a task learn from: what T keeps of images that it learned from, untouched.
struct MonitorLesson {
  std::shared_ptr<const Views> views;
  std::vector<std::string> taps;
  std::vector<Shape> shapes;  // of the taps
  std::string words;          // for the card
};

// Takes the recipe's own taps, PE's, where the options name none. `on_image` hears how many images
// T has seen, and of how many, up to all of them. Errors as CollectViews and the data sets.
MonitorLesson MakeMonitorLesson(
    const RecipeOptions& options, const Graph& target,
    const std::function<void(std::int64_t, std::int64_t)>& on_image = {});

// An autoencoder over it (G2, G4, G5), without metadata yet, since those are measured on other
// images. Throws as Train.
TrainedModel TrainMonitor(const RecipeOptions& options, AutoencoderKind kind,
                          const MonitorLesson& lesson, const TrainingCallbacks& callbacks);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TRAINING_RECIPES_H_
