// The user's own images: a folder, with labels where there are some.
#ifndef VIGIL_ESTIMATOR_DATA_IMAGE_FOLDER_H_
#define VIGIL_ESTIMATOR_DATA_IMAGE_FOLDER_H_

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "estimator/data/dataset.h"

namespace vigil {

// What to do with a file that is no image, or a row whose label is invalid.
enum class OnBadSample { kFail, kSkip };

// A row that was left out, in the words of the error that it would have been.
struct SkippedSample {
  std::string file;
  std::string reason;
};

struct ImageFolder {
  std::shared_ptr<const Dataset> images;
  bool labelled = false;
  std::vector<SkippedSample> skipped;
};

// Every .jpg, .jpeg, .png, .bmp, .ppm and .webp below root, by name. With a labels.csv in root, the
// files that it lists instead: a header with `file`, and `label` (the number or the name of a class
// of the task) for a classification task, or `pitch` and `yaw` or `pitch_deg`, `yaw_deg` in degrees
// (roll optional) for a pose task; `person` or `group` becomes the group. An angle is valid when
// finite and within 180. The box of each sample is the largest square in the middle of its image.
// Images are decoded here once, to find the unreadable ones, and again by Get.
// Throws Error (Input): kNotFound where there is no such folder or no image in it, or a file that
// is listed is missing; kMalformed for a broken labels.csv, and with kFail for an unreadable image;
// kInvalidValue naming file and row for a label.
ImageFolder OpenImageFolder(const std::filesystem::path& root, const Task& task,
                            OnBadSample on_bad);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_IMAGE_FOLDER_H_
