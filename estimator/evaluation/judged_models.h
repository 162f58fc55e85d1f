// T and PE from their files, made to fit each other.
#ifndef VIGIL_ESTIMATOR_EVALUATION_JUDGED_MODELS_H_
#define VIGIL_ESTIMATOR_EVALUATION_JUDGED_MODELS_H_

#include <filesystem>
#include <string>

#include "engine/graph/graph.h"
#include "estimator/data/dataset.h"
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

// Empty paths stand for the models that ship for the task (FindModel). Throws Error (Input | Model)
// naming the file and what was expected: a PE of another task, a T whose input or output is not the
// task's, a tap that T has not.
JudgedModels LoadJudgedModels(const std::string& task, const std::filesystem::path& target,
                              const std::filesystem::path& estimator);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_JUDGED_MODELS_H_
