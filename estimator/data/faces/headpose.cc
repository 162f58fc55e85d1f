#include "estimator/data/faces/headpose.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/data/csv_table.h"
#include "estimator/data/faces/face_fit.h"
#include "estimator/data/image_io.h"
#include "estimator/data/label_file.h"

namespace vigil {
namespace {

namespace fs = std::filesystem;

enum Column { kFile, kPerson, kSeries, kPitch, kYaw, kRoll, kColumns };
constexpr std::array<const char*, kColumns> kNames = {"file",      "person",  "series",
                                                      "pitch_deg", "yaw_deg", "roll_deg"};

class HeadPose final : public Dataset {
 public:
  HeadPose(std::string name, fs::path root, std::vector<HeadPosePhoto> photos)
      : name_(std::move(name)), root_(std::move(root)), photos_(std::move(photos)) {}

  std::string name() const override { return name_; }
  std::int64_t size() const override { return static_cast<std::int64_t>(photos_.size()); }

  Sample Get(std::int64_t index) const override {
    VIGIL_CHECK(index >= 0 && index < size());
    const HeadPosePhoto& photo = photos_[static_cast<std::size_t>(index)];
    Sample sample{
        .image = LoadImage(root_ / photo.file), .truth = photo.pose, .group = photo.person};
    sample.box = FitFace(sample.image, photo.pose);
    return sample;
  }

 private:
  std::string name_;
  fs::path root_;
  std::vector<HeadPosePhoto> photos_;
};

// One row on its way from text to a photograph.
class RowReader {
 public:
  explicit RowReader(fs::path root) : root_(std::move(root)), path_(root_ / "labels.csv") {}

  void ReadHeader(const CsvTable& table) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      columns_[c] = table.Find({kNames[c]});
      if (columns_[c] >= 0) continue;
      throw Error(Fault::kInput, ErrorCode::kMalformed,
                  Text("labels '", path_.string(), "': no column '", kNames[c],
                       "' in the header, expected file, person, series, pitch_deg, yaw_deg, "
                       "roll_deg"));
    }
    width_ = table.header.size();
  }

  void Read(const CsvTable::Row& row, HeadPoseLabels& labels) {
    if (row.fields.size() != width_)
      Refuse(row, Text(row.fields.size(), " fields, expected ", width_));
    HeadPosePhoto photo{.file = Field(row, kFile),
                        .person = WholeNumber(row, kPerson),
                        .series = WholeNumber(row, kSeries)};
    const auto [earlier, is_new] = row_of_.try_emplace(photo.file, row.number);
    if (!is_new)
      Refuse(row, Text("the same file as row ", earlier->second, ", expected one row an image"));
    if (!fs::is_regular_file(root_ / photo.file)) {
      throw Error(Fault::kInput, ErrorCode::kNotFound, Place(row) + "no such image in the folder");
    }
    std::string problem = ReadAngle("pitch", Field(row, kPitch), 90.0f, photo.pose.pitch);
    if (problem.empty()) problem = ReadAngle("yaw", Field(row, kYaw), 180.0f, photo.pose.yaw);
    if (problem.empty()) problem = ReadAngle("roll", Field(row, kRoll), 180.0f, photo.pose.roll);
    if (problem.empty())
      labels.photos.push_back(std::move(photo));
    else
      labels.skipped.push_back({photo.file, Place(row) + problem});
  }

 private:
  const std::string& Field(const CsvTable::Row& row, Column column) const {
    return row.fields[static_cast<std::size_t>(columns_[column])];
  }

  std::string Place(const CsvTable::Row& row) const {
    const auto file = static_cast<std::size_t>(columns_[kFile]);
    return Text("labels '", path_.string(), "': row ", row.number, " (",
                file < row.fields.size() ? row.fields[file] : "", "): ");
  }

  [[noreturn]] void Refuse(const CsvTable::Row& row, const std::string& problem) const {
    throw Error(Fault::kInput, ErrorCode::kMalformed, Place(row) + problem);
  }

  int WholeNumber(const CsvTable::Row& row, Column column) const {
    const std::optional<int> number = ParseNumber<int>(Field(row, column));
    if (!number || *number < 1)
      Refuse(row, Text(kNames[column], " '", Field(row, column), "', expected a number from 1"));
    return *number;
  }

  fs::path root_, path_;
  std::array<int, kColumns> columns_{};
  std::size_t width_ = 0;
  std::map<std::string, int> row_of_;  // by image
};

}  // namespace

HeadPoseLabels ReadHeadPoseLabels(const fs::path& root) {
  if (!fs::is_directory(root)) {
    throw Error(Fault::kInput, ErrorCode::kNotFound,
                Text("head poses '", root.string(), "': no such folder"));
  }
  const CsvTable table = ReadCsvTable(root / "labels.csv");
  HeadPoseLabels labels{.root = root};
  RowReader reader(root);
  reader.ReadHeader(table);
  for (const CsvTable::Row& row : table.rows) reader.Read(row, labels);
  return labels;
}

std::shared_ptr<const Dataset> OpenHeadPose(const HeadPoseLabels& labels,
                                            const std::vector<int>& persons) {
  const std::set<int> wanted(persons.begin(), persons.end());
  std::set<int> found;
  std::vector<HeadPosePhoto> photos;
  for (const HeadPosePhoto& photo : labels.photos) {
    if (!wanted.empty() && !wanted.contains(photo.person)) continue;
    found.insert(photo.person);
    photos.push_back(photo);
  }
  std::string list;
  for (const int person : wanted) {
    if (!found.contains(person)) {
      throw Error(Fault::kInput, ErrorCode::kNotFound,
                  Text("head poses '", labels.root.string(), "': no photograph of person ", person,
                       " with a valid label"));
    }
    list += (list.empty() ? "" : ",") + std::to_string(person);
  }
  if (photos.empty()) {
    throw Error(Fault::kInput, ErrorCode::kNotFound,
                Text("head poses '", labels.root.string(), "': no photograph with a valid label, ",
                     labels.skipped.size(), " left out"));
  }
  return std::make_shared<HeadPose>(list.empty() ? "Pointing'04" : "Pointing'04, persons " + list,
                                    labels.root, std::move(photos));
}

}  // namespace vigil
