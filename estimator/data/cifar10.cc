#include "estimator/data/cifar10.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "estimator/data/cifar10_pickle.h"

namespace vigil {
namespace {

constexpr int kSide = 32;
constexpr std::size_t kPlane = static_cast<std::size_t>(kSide) * kSide;
constexpr int kLabels = 10;

class Cifar10 final : public Dataset {
 public:
  Cifar10(std::string name, std::vector<std::byte> records)
      : name_(std::move(name)), records_(std::move(records)) {}

  std::string name() const override { return name_; }
  std::int64_t size() const override {
    return static_cast<std::int64_t>(records_.size() / kCifarRecordBytes);
  }

  Sample Get(std::int64_t index) const override {
    VIGIL_CHECK(index >= 0 && index < size());
    const std::byte* record = records_.data() + static_cast<std::size_t>(index) * kCifarRecordBytes;
    Sample sample{.image = Image::Make(kSide, kSide),
                  .box = {kSide / 2.0f, kSide / 2.0f, kSide},
                  .truth = {.label = static_cast<int>(record[0])},
                  .group = static_cast<int>(index)};
    const std::byte* planes = record + 1;
    for (std::size_t i = 0; i < kPlane; ++i) {
      for (std::size_t channel = 0; channel < 3; ++channel)
        sample.image.rgb[i * 3 + channel] = static_cast<std::uint8_t>(planes[channel * kPlane + i]);
    }
    return sample;
  }

 private:
  std::string name_;
  std::vector<std::byte> records_;
};

std::vector<std::byte> ReadRecords(const std::filesystem::path& file) {
  std::vector<std::byte> bytes =
      file.extension() == ".bin" ? ReadFileBytes(file) : ReadCifarPickle(file);
  if (bytes.empty() || bytes.size() % kCifarRecordBytes != 0) {
    throw Error(
        Fault::kInput, ErrorCode::kMalformed,
        Text("CIFAR-10 file '", file.string(), "': ", bytes.size(),
             " bytes, expected whole records of ", kCifarRecordBytes, " (30730000 when complete)"));
  }
  for (std::size_t row = 0; row * kCifarRecordBytes < bytes.size(); ++row) {
    const int label = static_cast<int>(bytes[row * kCifarRecordBytes]);
    if (label >= kLabels) {
      throw Error(Fault::kInput, ErrorCode::kInvalidValue,
                  Text("CIFAR-10 file '", file.string(), "': row ", row, " has label ", label,
                       ", expected 0 to 9"));
    }
  }
  return bytes;
}

// The binary form where there is one, else Python's.
std::filesystem::path FileOf(const std::filesystem::path& root, int batch) {
  const std::string stem =
      batch == kCifarTestBatch ? std::string("test_batch") : Text("data_batch_", batch);
  const std::filesystem::path binary = root / (stem + ".bin"), pickled = root / stem;
  return !std::filesystem::exists(binary) && std::filesystem::exists(pickled) ? pickled : binary;
}

}  // namespace

std::shared_ptr<const Dataset> OpenCifar10(const std::filesystem::path& root,
                                           const std::vector<int>& batches,
                                           const std::string& note) {
  std::vector<std::filesystem::path> files;
  std::string name;
  for (const int batch : batches) {
    if (batch < 0 || batch > 5) {
      throw Error(Fault::kApi, ErrorCode::kNotFound,
                  Text("CIFAR-10 batch ", batch, ": expected 1 to 5, or 0 for the test batch"));
    }
    const bool test = batch == kCifarTestBatch;
    files.push_back(FileOf(root, batch));
    name += (name.empty() ? "" : " + ") + (test ? "test batch" : Text("batch ", batch));
  }
  return OpenCifar10Files(files, "CIFAR-10 " + name + (note.empty() ? "" : ", " + note));
}

std::shared_ptr<const Dataset> OpenCifar10Files(const std::vector<std::filesystem::path>& files,
                                                const std::string& name) {
  if (files.empty())
    throw Error(Fault::kApi, ErrorCode::kMisuse, "CIFAR-10: expected at least one batch");
  std::vector<std::byte> records;
  for (const auto& file : files) {
    const std::vector<std::byte> more = ReadRecords(file);
    records.insert(records.end(), more.begin(), more.end());
  }
  return std::make_shared<Cifar10>(name, std::move(records));
}

}  // namespace vigil
