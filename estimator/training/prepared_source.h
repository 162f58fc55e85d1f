// Training on a prepared set: what a recipe may take in place of its own data.
#ifndef VIGIL_ESTIMATOR_TRAINING_PREPARED_SOURCE_H_
#define VIGIL_ESTIMATOR_TRAINING_PREPARED_SOURCE_H_

#include <optional>

#include "estimator/data/prepared.h"
#include "estimator/training/recipes.h"

namespace vigil {

// options.prepared, or nothing where none was asked for. `side`: what the images must measure; 0:
// anything. Throws Error (Training, kInvalidValue) naming the file where its task or its side is
// another; as OpenPrepared.
std::optional<PreparedDataset> OpenPreparedFor(const RecipeOptions& options, int side);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TRAINING_PREPARED_SOURCE_H_
