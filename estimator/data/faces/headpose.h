// Pointing'04 (Gourier, Hall, Crowley 2004): photographs of 15 people in 93 poses, twice each.
#ifndef VIGIL_ESTIMATOR_DATA_FACES_HEADPOSE_H_
#define VIGIL_ESTIMATOR_DATA_FACES_HEADPOSE_H_

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "estimator/data/dataset.h"
#include "estimator/data/image_folder.h"

namespace vigil {

struct HeadPosePhoto {
  std::string file;  // below the root
  int person = 0;    // from 1
  int series = 0;    // 1 or 2
  Truth pose;        // degrees; positive pitch is down, positive yaw to the right of the image
};

struct HeadPoseLabels {
  std::filesystem::path root;
  std::vector<HeadPosePhoto> photos;   // in the order of the file
  std::vector<SkippedSample> skipped;  // rows whose label is invalid
};

// Reads root/labels.csv, whose header is file,person,series,pitch_deg,yaw_deg,roll_deg in any
// order; images are looked for, not decoded. A pose is valid when its pitch is finite and within 90
// degrees, its yaw and roll within 180: a row with another is left out and said in `skipped`.
// Throws Error (Input): kNotFound for the folder, the file, or an image that a row names;
// kMalformed naming file and row for a header without a column, a row with another number of
// fields, no person or series, or a file that an earlier row has named.
HeadPoseLabels ReadHeadPoseLabels(const std::filesystem::path& root);

// The photographs of some persons, all of them where the list is empty. A sample's group is its
// person and its box the face's, fitted by face_fit.h; Get decodes (a few milliseconds) and is
// thread-safe. Throws Error (Input, kNotFound) naming a person of whom there is no photograph.
std::shared_ptr<const Dataset> OpenHeadPose(const HeadPoseLabels& labels,
                                            const std::vector<int>& persons = {});

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_FACES_HEADPOSE_H_
