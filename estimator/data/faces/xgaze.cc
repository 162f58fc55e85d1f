#include "estimator/data/faces/xgaze.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/data/csv_table.h"
#include "estimator/data/faces/xgaze_file.h"
#include "estimator/data/heads/head_shape.h"

namespace vigil {
namespace {

namespace fs = std::filesystem;

// Pixels a millimetre at the face's center, and millimetres of one unit of head space: the half
// width of the canonical head is 0.74 units, that of a grown-up's about 75 mm.
constexpr float kPixelsPerMillimetre = 960.0f / 600.0f;
constexpr float kUnitMillimetres = 101.0f;

struct Participant {
  int number = 0;
  fs::path path;
  std::shared_ptr<const XgazeFile> file;
  std::int64_t first = 0;  // index of its first sample
};

Truth PoseOf(const XgazeFile& file, std::int64_t row) {
  constexpr float kDegrees = 180.0f / std::numbers::pi_v<float>;
  const float* pose = file.poses().data() + row * 2;
  return {.pitch = -pose[0] * kDegrees, .yaw = -pose[1] * kDegrees};
}

class Xgaze final : public Dataset {
 public:
  explicit Xgaze(std::vector<Participant> participants) : participants_(std::move(participants)) {
    for (Participant& participant : participants_) {
      participant.first = size_;
      size_ += participant.file->rows();
    }
  }

  std::string name() const override {
    return Text("ETH-XGaze, ", participants_.size(),
                participants_.size() == 1 ? " participant" : " participants");
  }
  std::int64_t size() const override { return size_; }

  Sample Get(std::int64_t index) const override {
    VIGIL_CHECK(index >= 0 && index < size());
    const auto after = std::ranges::upper_bound(participants_, index, {}, &Participant::first);
    const Participant& participant = *std::prev(after);
    const std::int64_t row = index - participant.first;
    Sample sample{.image = participant.file->Read(row),
                  .truth = PoseOf(*participant.file, row),
                  .group = participant.number};
    constexpr float kWhole = kXgazeSide;
    sample.box = {kWhole / 2, kWhole / 2, kWhole};
    sample.face = XgazeFace(sample.truth);
    return sample;
  }

 private:
  std::vector<Participant> participants_;
  std::int64_t size_ = 0;
};

// The digits at the end of the name: 3 of subject0003.h5.
std::optional<int> NumberOf(const fs::path& file) {
  const std::string stem = file.stem().string();
  const auto last_other = std::find_if(stem.rbegin(), stem.rend(),
                                       [](unsigned char c) { return std::isdigit(c) == 0; });
  return ParseNumber<int>(std::string(last_other.base(), stem.end()));
}

std::map<int, fs::path> ListParticipants(const fs::path& root) {
  if (!fs::is_directory(root)) {
    throw Error(Fault::kInput, ErrorCode::kNotFound,
                Text("ETH-XGaze '", root.string(), "': no such folder"));
  }
  std::map<int, fs::path> found;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (entry.path().extension() != ".h5") continue;
    const std::optional<int> number = NumberOf(entry.path());
    if (!number) {
      throw Error(Fault::kInput, ErrorCode::kMalformed,
                  Text("ETH-XGaze file '", entry.path().string(),
                       "': expected a name that ends with the participant's number"));
    }
    const auto [earlier, is_new] = found.try_emplace(*number, entry.path());
    if (!is_new) {
      throw Error(Fault::kInput, ErrorCode::kMalformed,
                  Text("ETH-XGaze file '", entry.path().string(), "': participant ", *number,
                       " is also in '", earlier->second.string(), "'"));
    }
  }
  return found;
}

void CheckPoses(const Participant& participant) {
  for (std::int64_t row = 0; row < participant.file->rows(); ++row) {
    for (std::size_t k = 0; k < 2; ++k) {
      const float angle = participant.file->poses()[static_cast<std::size_t>(row) * 2 + k];
      if (std::abs(angle) <= std::numbers::pi_v<float>) continue;  // false for NaN as well
      throw Error(Fault::kInput, ErrorCode::kInvalidValue,
                  Text("ETH-XGaze file '", participant.path.string(), "': row ", row,
                       " of face_head_pose has ", k == 0 ? "pitch " : "yaw ", angle,
                       ", expected radians within a half turn"));
    }
  }
}

}  // namespace

bool HaveXgaze() { return HaveHdf5(); }

Box XgazeFace(const Truth& pose) {
  const HeadShape shape;
  const Rotation rotation = PoseRotation(pose.pitch, pose.yaw, pose.roll);
  // The face's center is the mean of the eyes' and the nose's corners.
  const Landmarks points = FaceLandmarks(shape);
  const Vec3 eyes = Lerp(points.left_eye, points.right_eye, 0.5f);
  const HeadView unit(rotation, 0.0f, 0.0f, 1.0f);
  const Vec3 center = Lerp(eyes, points.nose, 0.5f);
  const Vec3 seen = unit.Project(center);
  // What perspective makes of a unit at the depth of that point.
  const float nearness = 1.0f / (1.0f - seen.z / HeadView::kCameraDistance);
  const float scale = kPixelsPerMillimetre * kUnitMillimetres / nearness;
  constexpr float kMiddle = kXgazeSide / 2.0f;
  return FaceBox(shape,
                 HeadView(rotation, kMiddle - seen.x * scale, kMiddle - seen.y * scale, scale));
}

std::shared_ptr<const Dataset> OpenXgaze(const fs::path& root,
                                         const std::vector<int>& participants) {
  const std::map<int, fs::path> found = ListParticipants(root);
  std::vector<int> wanted = participants;
  if (wanted.empty()) {
    for (const auto& [number, path] : found) wanted.push_back(number);
  }
  std::ranges::sort(wanted);
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  std::vector<Participant> opened;
  for (const int number : wanted) {
    const auto at = found.find(number);
    if (at == found.end()) {
      throw Error(Fault::kInput, ErrorCode::kNotFound,
                  Text("ETH-XGaze '", root.string(), "': no file of participant ", number));
    }
    opened.push_back({.number = number, .path = at->second, .file = OpenXgazeFile(at->second)});
    CheckPoses(opened.back());
  }
  if (opened.empty()) {
    throw Error(Fault::kInput, ErrorCode::kNotFound,
                Text("ETH-XGaze '", root.string(), "': no .h5 file in the folder"));
  }
  return std::make_shared<Xgaze>(std::move(opened));
}

}  // namespace vigil
