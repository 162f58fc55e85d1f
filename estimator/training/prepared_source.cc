#include "estimator/training/prepared_source.h"

#include "engine/base/text.h"

namespace vigil {

std::optional<PreparedDataset> OpenPreparedFor(const RecipeOptions& options, int side) {
  if (options.prepared.empty()) return std::nullopt;
  PreparedDataset prepared = OpenPrepared(options.prepared);
  const Task task = TaskOf(prepared.description);
  if (task.name != options.task.name) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text("prepared set '", options.prepared.string(), "' is of task ", task.name,
                     ": expected ", options.task.name));
  }
  const int width = prepared.data->Get(0).image.width;
  if (side > 0 && width != side) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text("prepared set '", options.prepared.string(), "' has images of side ", width,
                     ": expected the target's ", side));
  }
  return prepared;
}

}  // namespace vigil
