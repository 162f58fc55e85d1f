// ETH-XGaze (Zhang et al. 2020): faces at close range in extreme poses, an HDF5 file a participant.
#ifndef VIGIL_ESTIMATOR_DATA_FACES_XGAZE_H_
#define VIGIL_ESTIMATOR_DATA_FACES_XGAZE_H_

#include <filesystem>
#include <memory>
#include <vector>

#include "estimator/data/dataset.h"

namespace vigil {

// Whether this build reads HDF5 (CMake's VIGIL_HDF5); without it OpenXgaze throws Error (Api,
// kUnavailable).
bool HaveXgaze();

// The files *.h5 of a folder, in the order of their participants, or those of some participants.
// A participant is the number in the file's name: subject0003.h5 is participant 3. A file holds
// face_patch, N x 224 x 224 x 3 uint8 in the order blue, green, red, and face_head_pose, N x 2
// floats, pitch and yaw in radians; the other datasets are not looked at.
//
// ETH-XGaze counts angles of the axis that points into the head, so a positive pitch is up and a
// positive yaw to the left of the image: both change sign here, and become degrees. There is no
// roll, since its normalisation has taken it away. The patch is the crop, so a sample's box is the
// whole of it; the same normalisation says where the face is: seen by a camera of focal length 960
// at 600 mm of the face's center, which it puts in the middle. A sample's group is its participant.
//
// Shapes and poses are read and checked here, images one at a time by Get, which is thread-safe
// (the library is not: calls take turns) and throws Error (Input, kMalformed) naming file and row.
// Throws Error (Input): kNotFound for the folder, a file in it or a participant; kMalformed for a
// file that is no HDF5, or is corrupt, or lacks a dataset; kInvalidType and kInvalidShape for a
// dataset; kInvalidValue naming file and row for a pose beyond a half turn.
std::shared_ptr<const Dataset> OpenXgaze(const std::filesystem::path& root,
                                         const std::vector<int>& participants = {});

// Where a face is in a picture that was normalised so. Pixels.
Box XgazeFace(const Truth& pose);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_FACES_XGAZE_H_
