// T and PE from their files, made to fit each other.
#ifndef VIGIL_ESTIMATOR_EVALUATION_JUDGED_MODELS_H_
#define VIGIL_ESTIMATOR_EVALUATION_JUDGED_MODELS_H_

#include <filesystem>
#include <string>

#include "engine/graph/graph.h"
#include "estimator/data/augment/augmented.h"
#include "estimator/verdict/estimator_metadata.h"

namespace vigil {

// T with PE's taps, PE, and what their files say.
struct JudgedModels {
  std::filesystem::path target_path, estimator_path;
  Graph target, estimator;
  EstimatorMetadata metadata;
  Task task;
  Normalisation normalisation;
  int side = 0;  // of T's input
};

// How test images are spoilt for these models: crops of T's size, at a severity by its name. Seeds
// are the caller's.
AugmentOptions AugmentFor(const JudgedModels& models, const AugmentMix& mix,
                          const std::string& severity, std::uint64_t seed);

// Empty paths stand for the models that ship for the task (FindModel). Throws Error (Input | Model)
// naming the file and what was expected: a PE of another task, a T whose input or output is not the
// task's, a tap that T has not.
JudgedModels LoadJudgedModels(const std::string& task, const std::filesystem::path& target,
                              const std::filesystem::path& estimator);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_JUDGED_MODELS_H_
