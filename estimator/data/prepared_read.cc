#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "estimator/data/prepared.h"
#include "estimator/data/prepared_format.h"

namespace vigil {
namespace {

using prepared::Head;
using prepared::kChecksumBytes;
using prepared::kHeadBytes;
using prepared::kLargestHeader;
using prepared::kLargestSide;
using prepared::kMagic;
using prepared::SampleBytes;
using prepared::SampleHead;

class FileDataset final : public Dataset {
 public:
  FileDataset(std::string name, int side, std::size_t first, std::int64_t count,
              std::vector<std::byte> bytes)
      : name_(std::move(name)),
        side_(side),
        first_(first),
        count_(count),
        bytes_(std::move(bytes)) {}

  std::string name() const override { return name_; }
  std::int64_t size() const override { return count_; }

  SampleHead HeadOf(std::int64_t index) const {
    SampleHead head;
    std::memcpy(&head, At(index), sizeof(head));
    return head;
  }

  Sample Get(std::int64_t index) const override {
    VIGIL_CHECK(index >= 0 && index < count_);
    const SampleHead head = HeadOf(index);
    const float side = static_cast<float>(side_);
    Sample sample{
        .image = Image::Make(side_, side_),
        .box = {side / 2, side / 2, side},
        .truth = {.label = head.label, .pitch = head.pitch, .yaw = head.yaw, .roll = head.roll},
        .applied = CauseSet::FromBits(head.applied),
        .group = head.group};
    std::memcpy(sample.image.rgb.data(), At(index) + sizeof(head), sample.image.rgb.size());
    return sample;
  }

 private:
  const std::byte* At(std::int64_t index) const {
    return bytes_.data() + first_ +
           static_cast<std::size_t>(index) * SampleBytes(static_cast<std::uint64_t>(side_));
  }

  std::string name_;
  int side_;
  std::size_t first_;
  std::int64_t count_;
  std::vector<std::byte> bytes_;
};

[[noreturn]] void Refuse(const std::filesystem::path& path, ErrorCode code,
                         const std::string& what) {
  throw Error(Fault::kInput, code, Text("data set '", path.string(), "': ", what));
}

Head ReadHead(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  Head head{};
  if (bytes.size() < kHeadBytes + kChecksumBytes)
    Refuse(path, ErrorCode::kMalformed, Text(bytes.size(), " bytes, expected a prepared data set"));
  std::memcpy(&head, bytes.data(), kHeadBytes);
  if (std::string_view(head.magic, sizeof(head.magic)) != kMagic)
    Refuse(path, ErrorCode::kMalformed, "no prepared data set, which begins with VIGILSET");
  if (head.version != kPreparedVersion) {
    Refuse(path, ErrorCode::kUnsupported,
           Text("version ", head.version, ", expected ", kPreparedVersion));
  }
  if (head.side < 1 || head.side > kLargestSide || head.header_bytes > kLargestHeader ||
      head.samples > bytes.size()) {
    Refuse(path, ErrorCode::kMalformed,
           Text(head.samples, " samples of side ", head.side, " with a header of ",
                head.header_bytes, " bytes in a file of ", bytes.size()));
  }
  const std::uint64_t expected =
      kHeadBytes + head.header_bytes + head.samples * SampleBytes(head.side) + kChecksumBytes;
  if (expected != bytes.size())
    Refuse(path, ErrorCode::kMalformed, Text(bytes.size(), " bytes, expected ", expected));
  std::uint64_t stored = 0;
  std::memcpy(&stored, bytes.data() + bytes.size() - kChecksumBytes, kChecksumBytes);
  const std::uint64_t found = Hasher().Add(bytes.first(bytes.size() - kChecksumBytes)).value();
  if (found != stored) {
    Refuse(path, ErrorCode::kMalformed,
           Text("checksum ", HashToHex(found), ", expected ", HashToHex(stored),
                ": the file is damaged"));
  }
  return head;
}

void CheckSamples(const std::filesystem::path& path, const FileDataset& data, const Task& task) {
  const auto labels = static_cast<std::int32_t>(task.labels.size());
  for (std::int64_t i = 0; i < data.size(); ++i) {
    const SampleHead sample = data.HeadOf(i);
    const bool pose =
        std::isfinite(sample.pitch) && std::isfinite(sample.yaw) && std::isfinite(sample.roll);
    if (pose && sample.label >= 0 && sample.label < labels && sample.applied < 1 << kCauseCount)
      continue;
    Refuse(path, ErrorCode::kInvalidValue,
           Text("sample ", i, " has label ", sample.label, ", pose ", sample.pitch, ", ",
                sample.yaw, ", ", sample.roll, " and causes ", int{sample.applied},
                ", expected those of task ", task.name));
  }
}

}  // namespace

bool IsPrepared(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  char magic[8] = {};
  return in.read(magic, sizeof(magic)) && std::string_view(magic, sizeof(magic)) == kMagic;
}

PreparedDataset OpenPrepared(const std::filesystem::path& path) {
  std::vector<std::byte> bytes = ReadFileBytes(path);
  const Head head = ReadHead(path, bytes);
  const std::string text(reinterpret_cast<const char*>(bytes.data()) + kHeadBytes,
                         head.header_bytes);
  PreparedDataset opened;
  std::string name;
  try {
    const auto header = nlohmann::json::parse(text);
    name = header.at("name").get<std::string>();
    opened.description = ParseDescription(header.at("description").dump(), path.string());
  } catch (const nlohmann::json::exception& error) {
    Refuse(path, ErrorCode::kMalformed, Text("header: ", error.what()));
  }
  const auto data = std::make_shared<FileDataset>(
      std::move(name), static_cast<int>(head.side), kHeadBytes + head.header_bytes,
      static_cast<std::int64_t>(head.samples), std::move(bytes));
  CheckSamples(path, *data, TaskOf(opened.description));
  opened.data = data;
  return opened;
}

}  // namespace vigil
