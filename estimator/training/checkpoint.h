// The state of an interrupted training, in a file.
//
// Format, version 2, little-endian: "VIGILCKP", u32 version, u64 fingerprint of graph and options,
// i32 epochs done, i64 optimizer steps, f64 loss of the last epoch, u32 points of the learning
// curve, for each f64 epoch and f64 loss, u32 number of tensors; for each u64 elements, then
// float32 elements; at the end the u64 hash (base/hash.h) of all before it.
// Random numbers need no room: they follow from seed, epoch and step.
#ifndef VIGIL_ESTIMATOR_TRAINING_CHECKPOINT_H_
#define VIGIL_ESTIMATOR_TRAINING_CHECKPOINT_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "estimator/training/learning_curve.h"

namespace vigil::training {

struct Checkpoint {
  std::uint64_t fingerprint = 0;
  std::int32_t epochs_done = 0;
  std::int64_t optimizer_steps = 0;
  double last_loss = 0.0;
  LearningCurve curve;
  std::vector<std::vector<float>> tensors;
};

// Replaces the file as base/file.h does: a crash leaves the old or the new one. Throws Error
// (Training, kIo).
void SaveCheckpoint(const Checkpoint& checkpoint, const std::filesystem::path& path);

// Nothing where there is no file. Throws Error (Training, kIo | kMalformed) with the path: a file
// that is not one, is cut short or altered, or has another version or fingerprint.
std::optional<Checkpoint> LoadCheckpoint(const std::filesystem::path& path,
                                         std::uint64_t fingerprint);

}  // namespace vigil::training

#endif  // VIGIL_ESTIMATOR_TRAINING_CHECKPOINT_H_
